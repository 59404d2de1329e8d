import type { FailureGroup, FailureKey } from '@stacktach/db'
import type { ComponentChildren } from 'preact'
import { type Column, DataTable } from '../components/DataTable.tsx'
import { PageLink } from '../components/PageLink.tsx'
import { Time } from '../components/Time.tsx'
import { shortName } from '../view/shortName.ts'
import { type FailureFilters, keyTitles, toParameter } from './filters.ts'

interface Props {
  groups: readonly FailureGroup[]
  by: readonly FailureKey[]
  /** The page with these filters in addition to the present ones. */
  hrefOf: (filters: FailureFilters) => string
  /** Whether first seen and the share of all operations are shown, too. */
  isComplete: boolean
  empty: ComponentChildren
}

/** Groups of failures. Each value is a link that filters by it, each count a link to what it counts. */
export function FailureGroups({ groups, by, hrefOf, isComplete, empty }: Props) {
  const largest = groups.reduce((most, { count }) => Math.max(most, count), 0)
  const columns: Column<FailureGroup>[] = [
    {
      title: 'Failed',
      numeric: true,
      cell: ({ key, count }) => (
        <span class="count-bar">
          <PartBar part={count} of={largest} />
          <PageLink to={`${hrefOf(filtersOf(by, key))}#attempts`} class="count">
            {count.toLocaleString('en')}
          </PageLink>
        </span>
      ),
    },
    ...by.map((name) => keyColumn(name, hrefOf)),
    {
      title: 'Instances',
      numeric: true,
      cell: ({ key, instances }) => (
        <PageLink to={`${hrefOf(filtersOf(by, key))}#attempts`} class="quiet-link">
          {instances.toLocaleString('en')}
        </PageLink>
      ),
    },
  ]
  if (isComplete) {
    if (groups.some(({ attempts }) => attempts !== null)) columns.push({ title: 'Share', numeric: true, cell: shareOf })
    columns.push({ title: 'First seen', cell: ({ first }) => <Time at={first} /> })
  }
  columns.push({ title: 'Last seen', cell: ({ last }) => <Time at={last} /> })
  return <DataTable caption="Failures by group" hideCaption columns={columns} rows={groups} empty={empty} />
}

function keyColumn(name: FailureKey, hrefOf: Props['hrefOf']): Column<FailureGroup> {
  return {
    title: keyTitles[name],
    wide: name === 'error',
    cell: ({ key }) => {
      const value = key[name] ?? null
      const to = hrefOf({ [name]: toParameter(value) })
      if (value === null) {
        return (
          <PageLink to={to} class="none">
            none
          </PageLink>
        )
      }
      return (
        <PageLink to={to} class="quiet-link" title={value}>
          {name === 'event' ? shortName(value) : value}
        </PageLink>
      )
    },
  }
}

function filtersOf(by: readonly FailureKey[], key: FailureGroup['key']): FailureFilters {
  return Object.fromEntries(by.map((name) => [name, toParameter(key[name])]))
}

/** Failed attempts per operation that began in the period; more than one if operations were tried again. */
function shareOf({ count, attempts }: FailureGroup) {
  if (attempts === null || attempts === 0) return <span class="none">–</span>
  const share = (100 * count) / attempts
  return (
    <span title={`${count.toLocaleString('en')} failed attempts, ${attempts.toLocaleString('en')} operations`}>
      {`${share < 9.95 ? share.toFixed(1) : Math.round(share).toLocaleString('en')} %`}
    </span>
  )
}

const PART_WIDTH = 48

/** A number as a bar of the largest one of its column. */
function PartBar({ part, of }: { part: number; of: number }) {
  const width = of === 0 ? 0 : Math.max(2, Math.round((part / of) * PART_WIDTH))
  return (
    <svg class="part-bar" width={PART_WIDTH} height={10} aria-hidden="true">
      <rect width={width} height={10} class="value" />
    </svg>
  )
}
