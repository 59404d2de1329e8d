/**
 * The result of a retention job as one or two lines.
 *
 * @param aggregates deleted rows by table
 */
export function retentionResultText({
  partitions,
  aggregates,
}: {
  partitions: readonly string[]
  aggregates: Readonly<Record<string, number>>
}): string {
  const dropped = partitions.length === 0 ? 'no partitions to drop' : `dropped ${partitions.join(', ')}`
  const deleted = Object.entries(aggregates).filter(([, rows]) => rows > 0)
  if (deleted.length === 0) return dropped
  return `${dropped}\ndeleted rows: ${deleted.map(([table, rows]) => `${table} ${rows}`).join(', ')}`
}
