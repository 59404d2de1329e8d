/** The name of an operation without the part that all operations of instances share. */
export function shortName(name: string): string {
  return name.replace(/^compute\.instance\./, '')
}
