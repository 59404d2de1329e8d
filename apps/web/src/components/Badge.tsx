import type { Outcome } from '@stacktach/domain'

/** A state by color, shape and word: good ●, bad ✕, pending ◌, neutral ○. */
export type Tone = 'good' | 'bad' | 'pending' | 'neutral'

const tones: Record<Outcome, Tone> = { done: 'good', failed: 'bad', open: 'pending', abandoned: 'neutral' }

const shapes: Record<Tone, string> = { good: '●', bad: '✕', pending: '◌', neutral: '○' }

/** The outcome of an operation or attempt. */
export function OutcomeBadge({ outcome }: { outcome: Outcome }) {
  return <Badge tone={tones[outcome]}>{outcome}</Badge>
}

/** A word for a state, e.g. a verification status. */
export function Badge({ tone, children }: { tone: Tone; children: string }) {
  return (
    <span class={`badge ${tone}`}>
      <span class="shape" aria-hidden="true">
        {shapes[tone]}
      </span>
      {children}
    </span>
  )
}
