import { exceptionText } from '../notifications/exceptionText.ts'
import { formatInstant, MINUTE } from '../time/instant.ts'
import { platformOf } from './imageType.ts'
import { type RequestFacts, type RequestFailure, requestFailure } from './request.ts'

/** A notification of a request, as listed in the error report. */
export interface RequestDetail {
  event: string
  host: string | null
  state: string | null
  old_state: string | null
  task: string | null
  old_task: string | null
}

/** Full names of the region summary's abbreviations. */
const imageNames: Partial<Record<string, string>> = { snap: 'snapshot' }

/** A failed request and its failure. */
export interface FailedRequest {
  request: RequestFacts
  failure: RequestFailure
}

interface Counted {
  instances: Record<string, string[]>
  exception_counts: Record<string, number>
  event_counts: Record<string, number>
  tenant_issues: Record<string, number>
  codes: Record<string, number>
}

/** Data collected for the error report. */
export interface ErrorTally {
  counted: Counted
  objects: unknown[]
}

export function emptyErrorTally(): ErrorTally {
  const empty = (): Record<string, never> => Object.create(null)
  const counted = {
    instances: empty(),
    exception_counts: empty(),
    event_counts: empty(),
    tenant_issues: empty(),
    codes: empty(),
  }
  return { counted, objects: [] }
}

/** The failed requests. */
export function failedRequests(requests: readonly RequestFacts[]): FailedRequest[] {
  return requests.flatMap((request) => {
    const failure = requestFailure(request)
    return failure === null ? [] : [{ request, failure }]
  })
}

/** Whether the report has an object for this request; a request that failed only by its duration has none. */
export function isDetailed({ failure }: FailedRequest): boolean {
  return failure.by !== null
}

/** @param details the request's notifications, in order; none when it has no details */
export function countFailure(
  tally: ErrorTally,
  { request, failure }: FailedRequest,
  details: readonly RequestDetail[],
): void {
  const { counted } = tally
  const tenant = failure.by?.tenant ?? request.tenant
  const requests = counted.instances[request.instance] ?? []
  counted.instances[request.instance] = requests
  requests.push(request.requestId)
  count(counted.tenant_issues, String(tenant))
  if (failure.by === null) return
  count(counted.event_counts, failure.by.event)
  if (failure.code !== null) count(counted.codes, String(failure.code))
  if (failure.exception !== undefined) count(counted.exception_counts, exceptionText(failure.exception))
  tally.objects.push(describe(request, failure, failure.by, details))
}

function count(counts: Record<string, number>, key: string): void {
  counts[key] = (counts[key] ?? 0) + 1
}

function describe(
  request: RequestFacts,
  failure: RequestFailure,
  by: NonNullable<RequestFailure['by']>,
  details: readonly RequestDetail[],
): object {
  const { image, os, distro } = platformOf(request.imageType)
  return {
    event_id: by.id,
    tenant: by.tenant ?? request.tenant,
    service: by.service,
    host: by.host,
    deployment: by.deployment,
    event: by.event,
    when: formatInstant(by.when),
    req: request.requestId,
    uuid: request.instance,
    operation: request.operation ?? 'n/a',
    platform: [imageNames[image] ?? image, os, distro],
    duration: `${((request.last - request.first) / MINUTE).toFixed(2)} minutes`,
    failure_type: failure.code ?? (failure.hasError ? 'http' : failure.kind),
    ...(failure.exception === undefined ? {} : { exception: failure.exception }),
    details,
  }
}

/** StackTach's `Error detail report`: each failed request with its details. */
export const errorDetails = {
  name: 'Error detail report',
  version: 1,
  shape: ({ counted, objects }: ErrorTally): unknown[] => [{ report_format: 'json', ...counted }, ...objects],
}
