import { Id } from './Id.tsx'

/** The beginning of an id that links to more of it; null and an empty one are shown as a dash. */
export function IdOrDash({ children: id, to }: { children: string | null; to: (id: string) => string }) {
  if (id === null || id === '') return <span class="none">–</span>
  return (
    <Id to={to(id)} short>
      {id}
    </Id>
  )
}
