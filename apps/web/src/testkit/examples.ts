import { createWeb, image, MESSAGE_ID, web, worker } from './fillDatabase.ts'

/** Paths of a page that answer with 200, by the page's path in the table of pages. */
export const examples: Readonly<Record<string, readonly string[]>> = {
  '/': ['/', '/?times=relative'],
  '/failures': [
    '/failures',
    '/failures?period=1h&by=event,error,host,flavor,image&groups=all',
    '/failures?from=2026-11-20T12:00&until=2026-11-20T13:00&deployment=east&times=relative',
    '/failures?host=%3Cimg+src%3Dx+onerror%3Dalert(1)%3E&error=%22%3E%3Cimg%3E&flavor=(none)&before=9-9',
  ],
  '/operations/open': [
    '/operations/open',
    '/operations/open?show=all',
    '/operations/open?show=all&operation=%22%3E%3Cimg+src%3Dx%3E&deployment=%3Cimg%3E&after=9-9',
  ],
  '/timings': ['/timings'],
  '/timings/:operation': ['/timings/compute.instance.create', '/timings/compute.instance.create?after=9-9'],
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
