import { countOpenOperations, countStuck, openOperations } from '@stacktach/db'
import { z } from 'zod'
import { ActiveFilters } from '../components/ActiveFilters.tsx'
import { PageHead } from '../components/PageHead.tsx'
import { Pager } from '../components/Pager.tsx'
import { Switch } from '../components/Switch.tsx'
import { OpenOperationsTable } from '../openOperations/OpenOperationsTable.tsx'
import { ThresholdNote } from '../openOperations/ThresholdNote.tsx'
import { cutPage, timeCursor, timeCursorParameter } from '../page/cursors.ts'
import { definePage } from '../page/definePage.ts'
import { sameHref } from '../view/pageHref.ts'
import { shortName } from '../view/shortName.ts'
import { useView } from '../view/view.ts'

const OPERATIONS = 100

/** The operations that have started and not ended: the stuck ones, or all. */
export const openOperationsPage = definePage({
  path: '/operations/open',
  navigation: 'Open operations',
  access: 'all',
  params: z.object({
    show: z.enum(['stuck', 'all'], { error: 'show must be stuck or all' }).default('stuck'),
    operation: z.string().optional(),
    deployment: z.string().optional(),
    after: timeCursorParameter,
  }),
  async load({ db, now, url }, { show, operation, deployment, after }) {
    const [open, stuck, operations] = await Promise.all([
      countOpenOperations(db),
      countStuck(db, now),
      openOperations(db, {
        now,
        stuckOnly: show === 'stuck',
        name: operation,
        deployment,
        after,
        limit: OPERATIONS + 1,
      }),
    ])
    const isIncluded = (row: { name: string; deployment: string | null }) =>
      (operation === undefined || row.name === operation) && (deployment === undefined || row.deployment === deployment)
    return {
      url,
      show,
      operation,
      deployment,
      open: open.filter(isIncluded).reduce((sum, row) => sum + row.open, 0),
      stuck: stuck.filter(isIncluded).reduce((sum, row) => sum + row.stuck, 0),
      names: distinct(open.map(({ name }) => name)),
      deployments: distinct(open.flatMap(({ deployment }) => (deployment === null ? [] : [deployment]))),
      operations: cutPage(operations, OPERATIONS, ({ operation }) => timeCursor(operation)),
      isFirst: after === undefined,
    }
  },
  title: () => 'Open operations',
  view: ({ url, show, operation, deployment, open, stuck, names, deployments, operations, isFirst }) => {
    const hrefOf = (show: string) => sameHref(url, { show, after: undefined })
    const isFiltered = operation !== undefined || deployment !== undefined
    return (
      <>
        <PageHead title="Open operations" />
        <div class="controls">
          <Switch
            label="Show"
            choices={[
              { label: `Stuck ${stuck.toLocaleString('en')}`, to: hrefOf('stuck'), isChosen: show === 'stuck' },
              { label: `All open ${open.toLocaleString('en')}`, to: hrefOf('all'), isChosen: show === 'all' },
            ]}
          />
          <OpenOperationsForm {...{ show, operation, deployment, names, deployments }} />
        </div>
        <ActiveFilters
          filters={[
            ['operation', 'Operation', operation],
            ['deployment', 'Deployment', deployment],
          ]}
        />
        <OpenOperationsTable
          operations={operations.rows}
          isComplete
          empty={`No operation ${isFiltered ? 'with these filters ' : ''}is ${show === 'stuck' ? 'stuck' : 'open'}${isFirst ? '.' : ' after this position.'}`}
        />
        <Pager
          of="open operations"
          parameter="after"
          next={operations.next}
          isFirst={isFirst}
          nextLabel="Started later"
          firstLabel="Oldest"
        />
        <ThresholdNote />
      </>
    )
  },
})

function distinct(texts: readonly string[]): string[] {
  return [...new Set(texts)].sort()
}

interface FormProps {
  show: string
  operation: string | undefined
  deployment: string | undefined
  names: readonly string[]
  deployments: readonly string[]
}

function OpenOperationsForm({ show, operation, deployment, names, deployments }: FormProps) {
  const { times } = useView()
  return (
    <form class="filter-form" method="get" action="/operations/open">
      <input type="hidden" name="show" value={show} />
      {times === 'utc' ? null : <input type="hidden" name="times" value={times} />}
      <label>
        Operation
        <select name="operation">
          <option value="">all</option>
          {withChosen(names, operation).map((name) => (
            <option key={name} value={name} selected={name === operation}>
              {shortName(name)}
            </option>
          ))}
        </select>
      </label>
      <label>
        Deployment
        <select name="deployment">
          <option value="">all</option>
          {withChosen(deployments, deployment).map((name) => (
            <option key={name} value={name} selected={name === deployment}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <button type="submit">Show</button>
    </form>
  )
}

/** The choices, with the chosen one even if no open operation has it. */
function withChosen(names: readonly string[], chosen: string | undefined): readonly string[] {
  return chosen === undefined || names.includes(chosen) ? names : distinct([...names, chosen])
}
