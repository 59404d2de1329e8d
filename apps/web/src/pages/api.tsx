import { HttpError } from '@stacktach/http'
import { z } from 'zod'
import { operationsOf, parseApiDocument } from '../apiDocument/document.ts'
import { OperationView } from '../apiDocument/OperationView.tsx'
import { Note } from '../components/Note.tsx'
import { PageHead } from '../components/PageHead.tsx'
import { PageLink } from '../components/PageLink.tsx'
import { Section } from '../components/Section.tsx'
import { definePage } from '../page/definePage.ts'

/** The description of the API, generated from its OpenAPI document. */
export const apiPage = definePage({
  path: '/api',
  navigation: 'API',
  access: 'all',
  params: z.object({}),
  async load({ apiDocument }) {
    if (apiDocument === null) throw new HttpError(404, 'The application has no OpenAPI document')
    return { document: parseApiDocument(apiDocument()) }
  },
  title: () => 'API',
  view: ({ document }) => (
    <>
      <PageHead title="API">
        <span class="muted">{`${document.info.description} The document: `}</span>
        <PageLink to="/openapi.json">openapi.json</PageLink>
      </PageHead>
      <nav class="switch" aria-label="Interfaces">
        <ul>
          {document.tags.map(({ name }) => (
            <li key={name}>
              <a href={`#${name}`}>{`/${name}`}</a>
            </li>
          ))}
        </ul>
      </nav>
      {document.tags.map(({ name, description }) => {
        const operations = operationsOf(document, name)
        return (
          <Section key={name} id={name} title={`/${name}`} aside={`${description} ${operations.length} paths.`}>
            <div class="operations">
              {operations.map((operation) => (
                <OperationView key={operation.operationId} document={document} operation={operation} />
              ))}
            </div>
          </Section>
        )
      })}
      <Note>
        {'Scripts send a token: '}
        <code>Authorization: Bearer …</code>
        {'. A browser that is signed in sends its session.'}
      </Note>
    </>
  ),
})
