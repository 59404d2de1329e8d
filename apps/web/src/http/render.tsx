import { render } from 'preact-render-to-string'
import { ErrorView } from '../layout/ErrorView.tsx'
import { Layout } from '../layout/Layout.tsx'
import { SignInView } from '../layout/SignInView.tsx'
import type { LoadedPage, WebPage } from '../page/definePage.ts'
import { type View, ViewContext } from '../view/view.ts'

const DOCTYPE = '<!doctype html>'

/** The HTML of a page. */
export function renderPage(view: View, { scripts, styles }: WebPage, { title, content }: LoadedPage): string {
  return `${DOCTYPE}${render(
    <ViewContext.Provider value={view}>
      <Layout title={title} scripts={scripts} styles={styles}>
        {content}
      </Layout>
    </ViewContext.Provider>,
  )}`
}

/** The HTML of an error. */
export function renderError(view: View, isOpen: boolean, status: number, message: string): string {
  return `${DOCTYPE}${render(
    <ViewContext.Provider value={view}>
      <Layout title={message} isOpen={isOpen}>
        <ErrorView status={status} message={message} />
      </Layout>
    </ViewContext.Provider>,
  )}`
}

/**
 * The HTML of the form to sign in.
 *
 * @param next path and query of the page to show afterwards
 * @param problem why the last token was not accepted
 * @param reload whether the browser should repeat the request, because it sends no SameSite cookie after a link of another site
 */
export function renderSignIn(view: View, next: string, problem: string | null, reload: boolean): string {
  return `${DOCTYPE}${render(
    <ViewContext.Provider value={view}>
      <Layout title="Sign in" isOpen={false} reload={reload}>
        <SignInView next={next} problem={problem} />
      </Layout>
    </ViewContext.Provider>,
  )}`
}
