/**
 * Resolves when `met` does with true.
 *
 * @throws Error that names what was waited for, when it is not within so many milliseconds
 */
export async function until(
  met: () => Promise<boolean> | boolean,
  milliseconds = 20_000,
  what = 'what was waited for',
): Promise<void> {
  const deadline = Date.now() + milliseconds
  while (!(await met())) {
    if (Date.now() > deadline) throw new Error(`${what}: not within ${milliseconds} ms`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
