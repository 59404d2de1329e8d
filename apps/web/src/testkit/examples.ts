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
  '/search': [
    '/search',
    '/search?service=nova&deployment=east&event=compute.instance.create.error&errors=1&times=relative',
    `/search?instance=${web.replaceAll('-', '')}&request=${createWeb.replace('req-', '')}&from=2026-11-20&until=2026-11-20+13:00`,
    '/search?host=%22%3E%3Cimg+src%3Dx%3E&tenant=%3Cimg%3E&event=%27%3B--&before=1795132800000000-nova-5',
    '/search?from=0001-01-01&until=9999-12-31',
    '/search?from=2200-01-01',
    '/search?from=0001-01-01&until=0001-01-01T00:00:01Z',
    `/search?service=glance&image=${image}`,
  ],
  '/usage': ['/usage', '/usage?service=glance', '/usage?deployment=%3Cimg%3E&before=5&times=local'],
  '/usage/:tenant': [
    '/usage/5000',
    '/usage/5000?month=2026-11&after=0',
    '/usage/%3Cimg%20src%3Dx%3E?month=0001-01',
    '/usage/a%2Fb?after=9999999',
  ],
  '/exists': [
    '/exists',
    '/exists?service=glance&status=pending&period=none',
    '/exists?status=failed&reason=%3Cimg%3E&deployment=%22%3E&contradicted=1&period=2026-11-20T01:00&before=none-5',
  ],
  '/reports': ['/reports', '/reports?name=%3Cimg+src%3Dx%3E&from=2026-11-20&until=2026-11-21&before=5-5'],
  '/reports/:id': ['/reports/1', '/reports/2', '/reports/3'],
  '/system': ['/system', '/system?times=elapsed'],
  '/live': [
    '/live',
    '/live?service=nova&deployment=%3Cimg%3E&event=%22%3E%3Cimg+src%3Dx%3E&errors=1',
    `/live?instance=${web}&times=relative`,
  ],
  '/api': ['/api'],
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
