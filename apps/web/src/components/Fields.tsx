import { useView } from '../view/view.ts'

interface TextProps {
  name: string
  label: string
  value: string | undefined
  placeholder?: string
  /** Known values to choose from. */
  options?: readonly string[]
  /** A long value, e.g. an id. */
  wide?: boolean
}

/** A text field of a filter form. */
export function TextField({ name, label, value, placeholder, options = [], wide = false }: TextProps) {
  const list = options.length === 0 ? undefined : `known-${name}`
  return (
    <label class={wide ? 'wide' : undefined}>
      {label}
      <input
        type="text"
        name={name}
        value={value ?? ''}
        placeholder={placeholder}
        list={list}
        autocomplete="off"
        spellcheck={false}
        maxLength={500}
      />
      {list === undefined ? null : (
        <datalist id={list}>
          {options.map((option) => (
            <option key={option} value={option} />
          ))}
        </datalist>
      )}
    </label>
  )
}

interface ChoiceProps {
  name: string
  label: string
  value: string | undefined
  /** Values with their texts, or values that are texts. */
  options: readonly (string | readonly [value: string, text: string])[]
  /** The text of no choice. */
  all?: string
}

/** A choice of a filter form. A value that is not among the options is added. */
export function ChoiceField({ name, label, value, options, all = 'all' }: ChoiceProps) {
  const known = options.map((option) => (typeof option === 'string' ? ([option, option] as const) : option))
  const isKnown = value === undefined || value === '' || known.some(([key]) => key === value)
  return (
    <label>
      {label}
      <select name={name}>
        <option value="">{all}</option>
        {[...known, ...(isKnown ? [] : [[value, value] as const])].map(([key, text]) => (
          <option key={key} value={key} selected={key === value}>
            {text}
          </option>
        ))}
      </select>
    </label>
  )
}

/** Keeps the choice of times when a form is sent. */
export function KeptTimes() {
  const { times } = useView()
  return times === 'utc' ? null : <input type="hidden" name="times" value={times} />
}
