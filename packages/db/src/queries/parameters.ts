/** A statement's values, numbered in the order in which they are bound. */
export class Parameters {
  readonly values: unknown[] = []

  /** The placeholder that stands for `value`. */
  bind(value: unknown): string {
    return `$${this.values.push(value)}`
  }
}
