const WIDTH = 96
const HEIGHT = 8

/** The shares of good, bad and other things of a whole as one bar; the numbers stand beside it. */
export function Share({ good, bad, rest }: { good: number; bad: number; rest: number }) {
  const total = good + bad + rest
  if (total === 0) return <span class="none">–</span>
  const part = (count: number) => (count === 0 ? 0 : Math.max(2, (count / total) * WIDTH))
  const badWidth = part(bad)
  const restWidth = part(rest)
  const goodWidth = Math.max(0, WIDTH - badWidth - restWidth)
  const percent = `${((good / total) * 100).toFixed(good === total ? 0 : 1)} %`
  return (
    <span class="share">
      <svg width={WIDTH} height={HEIGHT} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true">
        <rect width={goodWidth} height={HEIGHT} class="good" />
        <rect x={goodWidth} width={restWidth} height={HEIGHT} class="pending" />
        <rect x={goodWidth + restWidth} width={badWidth} height={HEIGHT} class="bad" />
      </svg>
      {percent}
    </span>
  )
}
