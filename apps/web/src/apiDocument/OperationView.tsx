import { DataTable } from '../components/DataTable.tsx'
import { type ApiDocument, type ApiOperation, answerFields, parameterType } from './document.ts'

/** One operation: what it is for, its parameters with a form to try it, and the fields of its answer. */
export function OperationView({ document, operation }: { document: ApiDocument; operation: ApiOperation }) {
  const { operationId, path, summary, description, parameters, responses, security } = operation
  const answer = Object.entries(responses['200']?.content ?? {})[0]
  const fields = answer === undefined ? [] : answerFields(document, answer[1].schema)
  return (
    <details class="operation" id={operationId}>
      <summary>
        <code class="path">{path}</code>
        <span>{summary}</span>
      </summary>
      <div class="operation-body">
        {description === undefined ? null : <p>{description}</p>}
        {security?.length === 0 ? <p class="muted">Needs no token.</p> : null}
        <TryIt path={path} parameters={parameters} />
        {parameters.length === 0 ? null : (
          <DataTable
            caption={`Parameters of ${path}`}
            hideCaption
            rows={parameters}
            empty="None."
            columns={[
              {
                title: 'Parameter',
                cell: ({ name, required }) => (
                  <>
                    <code>{name}</code>
                    {required ? <span class="muted"> required</span> : null}
                  </>
                ),
              },
              { title: 'In', cell: (parameter) => parameter.in },
              { title: 'Type', cell: ({ schema }) => <code>{parameterType(schema)}</code> },
              {
                title: 'Default',
                cell: ({ schema }) =>
                  schema.default === undefined ? <span class="none">–</span> : String(schema.default),
              },
              { title: 'Meaning', wide: true, cell: ({ description }) => description ?? <span class="none">–</span> },
            ]}
          />
        )}
        {answer === undefined ? null : (
          <p class="answer-type">
            {'Answer: '}
            <code>{answer[0]}</code>
            {fields.length === 0 ? null : ` with ${fields.length} fields`}
          </p>
        )}
        {fields.length === 0 ? null : (
          <DataTable
            caption={`Answer of ${path}`}
            hideCaption
            rows={fields}
            empty="None."
            columns={[
              {
                title: 'Field',
                cell: ({ depth, name }) => (
                  <code>
                    {'\u00a0\u00a0'.repeat(depth)}
                    {depth === 0 ? null : <span class="muted">{'· '}</span>}
                    {name}
                  </code>
                ),
              },
              { title: 'Type', cell: ({ type }) => <code class="type">{type}</code> },
              { title: 'Meaning', wide: true, cell: ({ description }) => description ?? <span class="none">–</span> },
            ]}
          />
        )}
      </div>
    </details>
  )
}

/** A form for the query, or for a path with parameters the command to use. */
function TryIt({ path, parameters }: Pick<ApiOperation, 'path' | 'parameters'>) {
  const query = parameters.filter((parameter) => parameter.in === 'query')
  if (path.includes('{')) {
    return (
      <p class="try">
        <code>{`curl -H "Authorization: Bearer $TOKEN" "$STACKTACH${path}"`}</code>
      </p>
    )
  }
  return (
    <form class="filter-form try" method="get" action={path} target="_blank" rel="noopener">
      {query.map(({ name, schema, required, example }) => (
        <label key={name} htmlFor={`${path}-${name}`}>
          {name}
          {schema.enum === undefined ? (
            <input
              type="text"
              id={`${path}-${name}`}
              name={name}
              required={required}
              placeholder={
                example === undefined ? (schema.default === undefined ? '' : String(schema.default)) : String(example)
              }
              autocomplete="off"
              spellcheck={false}
            />
          ) : (
            <select name={name} id={`${path}-${name}`} required={required}>
              <option value="">–</option>
              {schema.enum.map((value) => (
                <option key={String(value)} value={String(value)}>
                  {String(value)}
                </option>
              ))}
            </select>
          )}
        </label>
      ))}
      <button type="submit">{`GET ${path}`}</button>
    </form>
  )
}
