import { createWeb, image, MESSAGE_ID, web, worker } from './fillDatabase.ts'

/** Paths of a page that answer with 200, by the page's path in the table of pages. */
export const examples: Readonly<Record<string, readonly string[]>> = {
  '/find': [
    '/find',
    '/find?q=compute',
    '/find?q=%3Cimg+src%3Dx+onerror%3Dalert(1)%3E',
    '/find?q=nothing&times=relative',
  ],
  '/instances/:uuid': [
    `/instances/${web}`,
    `/instances/${worker}`,
    `/instances/${web}?noise=1`,
    ...['local', 'relative', 'elapsed'].map((times) => `/instances/${web}?times=${times}`),
  ],
  '/requests/:id': [`/requests/${createWeb}`, `/requests/${createWeb}?noise=1&times=elapsed`],
  '/notifications/:service/:id': ['/notifications/nova/1', '/notifications/glance/1', '/notifications/generic/1'],
}

/** What the find box recognizes, and where it leads. */
export const recognized: readonly (readonly [text: string, location: string])[] = [
  [web, `/instances/${web}`],
  [web.replaceAll('-', '').toUpperCase(), `/instances/${web}`],
  [` ${createWeb} `, `/requests/${createWeb}`],
  [createWeb.replace('req-', ''), `/requests/${createWeb}`],
  [image, `/search?service=glance&image=${image}`],
  [MESSAGE_ID, '/notifications/nova/1'],
  ['5000', '/usage/5000'],
  ['compute-02', '/search?host=compute-02'],
  ['compute.instance.reboot.start', '/search?service=nova&event=compute.instance.reboot.start'],
]
