/** The values of a statement, numbered in the order in which they are bound. */
export class Parameters {
  readonly values: unknown[] = []

  /** Adds `value` and returns its placeholder, e.g. `$1`. */
  bind(value: unknown): string {
    return `$${this.values.push(value)}`
  }
}
