import { listTimings, type NamedFigures } from '@stacktach/db'
import { z } from 'zod'
import { type Column, DataTable } from '../components/DataTable.tsx'
import { DurationText } from '../components/DurationText.tsx'
import { Note } from '../components/Note.tsx'
import { PageHead } from '../components/PageHead.tsx'
import { PageLink } from '../components/PageLink.tsx'
import { RangeBar } from '../components/RangeBar.tsx'
import { definePage } from '../page/definePage.ts'
import { timingHref } from '../view/links.ts'
import { shortName } from '../view/shortName.ts'

/** How long operations take: one line for each. */
export const timingsPage = definePage({
  path: '/timings',
  navigation: 'Timings',
  access: 'all',
  params: z.object({}),
  async load({ db }) {
    return { timings: await listTimings(db) }
  },
  title: () => 'Timings',
  view: ({ timings }) => {
    const scale = {
      from: Math.min(...timings.map(({ median }) => median)),
      until: Math.max(...timings.map(({ max }) => max)),
    }
    const columns: Column<NamedFigures>[] = [
      { title: 'Operation', cell: ({ name }) => <OperationLink name={name} /> },
      { title: 'Count', numeric: true, cell: ({ count }) => count.toLocaleString('en') },
      { title: 'Median', numeric: true, cell: ({ median }) => <DurationText of={median} /> },
      { title: 'p95', numeric: true, cell: ({ p95 }) => <DurationText of={p95} /> },
      { title: 'p99', numeric: true, cell: ({ p99 }) => <DurationText of={p99} /> },
      { title: 'Max', numeric: true, cell: ({ max }) => <DurationText of={max} /> },
      {
        title: 'Median to p99, and max',
        wide: true,
        cell: ({ median, p95, p99, max }) => <RangeBar {...{ median, p95, p99, max, scale }} />,
      },
    ]
    return (
      <>
        <PageHead title="Timings">
          <span class="muted">{`${timings.length.toLocaleString('en')} operations, from .start until .end`}</span>
        </PageHead>
        <DataTable
          caption="Timings of all operations"
          hideCaption
          columns={columns}
          rows={timings}
          empty="No operation has finished yet: a timing needs a .start and an .end notification."
        />
        <TimingNote />
      </>
    )
  },
})

/** The name of an operation, whose common beginning stands back. */
function OperationLink({ name }: { name: string }) {
  const short = shortName(name)
  return (
    <PageLink to={timingHref(name)} title={name}>
      <span class="prefix">{name.slice(0, name.length - short.length)}</span>
      {short}
    </PageLink>
  )
}

/** How exact the figures are. */
export function TimingNote() {
  return (
    <Note>
      All stored timings with a .start and an .end notification. Counts and maximum are exact; a percentile is read from
      a histogram and at most 4.5 % too long. p95: the duration that 95 % did not exceed. Scales are logarithmic.
    </Note>
  )
}
