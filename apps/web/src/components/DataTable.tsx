import type { ComponentChildren } from 'preact'
import { Empty } from './Empty.tsx'

/** A column of a table of rows. */
export interface Column<Row> {
  title: string
  cell: (row: Row) => ComponentChildren
  /** Right-aligned, with digits of one width. */
  numeric?: boolean
  /** Takes the remaining width and breaks lines, as a text does. */
  wide?: boolean
}

interface Props<Row> {
  /** What the table lists; also the name of its region. */
  caption: string
  /** Whether the caption is for screen readers only, because a heading above has the same words. */
  hideCaption?: boolean
  columns: readonly Column<Row>[]
  rows: readonly Row[]
  /** What is shown without rows. */
  empty: ComponentChildren
  /** Id of the HTML element of a row. */
  rowId?: (row: Row) => string
}

/**
 * A table of rows. It scrolls sideways in a focusable region of its own, so that the page never does. The keys `j` and `k`
 * move between the rows, Enter opens the first link of one.
 */
export function DataTable<Row>({ caption, hideCaption = false, columns, rows, empty, rowId }: Props<Row>) {
  if (rows.length === 0) return <Empty>{empty}</Empty>
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section class="table" aria-label={`Table: ${caption}`} tabIndex={0}>
      <table>
        <caption class={hideCaption ? 'visually-hidden' : undefined}>{caption}</caption>
        <thead>
          <tr>
            {columns.map(({ title, numeric }) => (
              <th key={title} scope="col" class={numeric ? 'numeric' : undefined}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={index} id={rowId?.(row)} data-row>
              {columns.map(({ title, cell, numeric, wide }) => (
                <td key={title} class={numeric ? 'numeric' : wide ? 'wide' : undefined}>
                  {cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
