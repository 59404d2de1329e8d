import { stringifyJson } from '@stacktach/domain'
import { CopyButton } from '../components/Id.tsx'
import { memberPath } from './jsonPath.ts'

/** Levels that are open at first. */
const OPEN_LEVELS = 2

/** Deeper values are shown as text, because browsers and screen readers cannot use such a tree. */
const MAX_DEPTH = 30

/**
 * JSON as a tree that opens and closes without a script. With the script, each key copies its path, in jq's syntax.
 *
 * @param value as parseJson returns it
 */
export function JsonTree({ value }: { value: unknown }) {
  return (
    <ul class="json">
      {membersOf(value).map(([key, member]) => (
        <Member key={key} name={key} value={member} path={memberPath('', key)} depth={1} />
      ))}
    </ul>
  )
}

interface MemberProps {
  name: string | number
  value: unknown
  path: string
  depth: number
}

function Member({ name, value, path, depth }: MemberProps) {
  const members = depth < MAX_DEPTH ? membersOf(value) : []
  if (members.length === 0) {
    return (
      <li>
        <span class="json-key" data-path={path}>
          {name}
        </span>
        : <Leaf value={value} />
      </li>
    )
  }
  return (
    <li>
      <CopyButton text={path} label={`Copy path ${path}`}>
        Copy path
      </CopyButton>
      <details open={depth <= OPEN_LEVELS}>
        <summary>
          <span class="json-key">{name}</span>
          <span class="muted">{Array.isArray(value) ? ` [${members.length}]` : ` {${members.length}}`}</span>
        </summary>
        <ul>
          {members.map(([childName, child]) => (
            <Member
              key={childName}
              name={childName}
              value={child}
              path={memberPath(path, childName)}
              depth={depth + 1}
            />
          ))}
        </ul>
      </details>
    </li>
  )
}

function Leaf({ value }: { value: unknown }) {
  const type = value === null ? 'null' : typeof value
  return <span class={`json-${type}`}>{stringifyJson(value)}</span>
}

function membersOf(value: unknown): [string | number, unknown][] {
  if (Array.isArray(value)) return value.map((item, index) => [index, item])
  return typeof value === 'object' && value !== null ? Object.entries(value) : []
}
