/** An exception of nova's. */
export type NovaException = {
  readonly exception: string
  readonly message: string
  /** In Python's order: what the exception was made with; `code` is the HTTP status it stands for. */
  readonly kwargs: Readonly<Record<string, string | number>>
  readonly module: string
  readonly function: string
  readonly traceback: string
}

/** The HTTP status that the exception stands for. */
export function httpStatusOf(fault: NovaException): number {
  const { code } = fault.kwargs
  return typeof code === 'number' ? code : 500
}

/** How today's classic notifications carry an exception: as Python's repr of a dict, in a string. */
export function pythonRepr(fault: NovaException): string {
  const text = (value: string | number): string => (typeof value === 'number' ? String(value) : `'${value}'`)
  const kwargs = Object.entries(fault.kwargs).map(([name, value]) => `'${name}': ${text(value)}`)
  return `{'kwargs': {${kwargs.join(', ')}}, 'message': '${fault.message}', 'class': '${fault.exception}'}`
}

function trace(file: string, line: number, inside: string, source: string, last: string): string {
  return [
    'Traceback (most recent call last):\n',
    `  File "/usr/lib/python3/dist-packages/nova/${file}", line ${line}, in ${inside}\n    ${source}\n`,
    `nova.exception.${last}\n`,
  ].join(',')
}

function spawnFault(exception: string, message: string, kwargs: NovaException['kwargs']): NovaException {
  const source = 'self.driver.spawn(context, instance, image_meta,'
  const traceback = trace('compute/manager.py', 2521, '_build_and_run_instance', source, `${exception}: ${message}`)
  return { exception, message, kwargs, module: 'nova.virt.libvirt.driver', function: 'spawn', traceback }
}

/** The host turned out to be full: nova tries the next one. */
export function resourcesUnavailable(): NovaException {
  const reason = 'insufficient disk space on host'
  return spawnFault('ComputeResourcesUnavailable', `Insufficient compute resources: ${reason}.`, { reason, code: 400 })
}

/** The network did not come up: nova gives up. */
export function interfaceFailed(): NovaException {
  return spawnFault('VirtualInterfaceCreateException', 'Virtual Interface creation failed', { code: 500 })
}

/** The build cannot succeed on any host. */
export function buildAborted(uuid: string): NovaException {
  const reason = 'Failed to allocate the network(s), not rescheduling.'
  const message = `Build of instance ${uuid} aborted: ${reason}`
  return spawnFault('BuildAbortException', message, { instance_uuid: uuid, reason, code: 500 })
}

export function rebootFailed(): NovaException {
  const reason = 'Timed out waiting for guest'
  const message = `Failed to reboot instance: ${reason}`
  const source = 'self.driver.reboot(context, instance,'
  return {
    exception: 'InstanceRebootFailure',
    message,
    kwargs: { reason, code: 400 },
    module: 'nova.virt.libvirt.driver',
    function: 'reboot',
    traceback: trace('compute/manager.py', 4131, '_reboot_instance', source, `InstanceRebootFailure: ${message}`),
  }
}

export function notRescuable(uuid: string): NovaException {
  const reason = `Driver Error: Instance ${uuid} cannot be rescued: no rescue image`
  const message = `Instance ${uuid} cannot be rescued: ${reason}`
  const source = 'self.driver.rescue(context, instance, network_info,'
  return {
    exception: 'InstanceNotRescuable',
    message,
    kwargs: { instance_id: uuid, reason, code: 400 },
    module: 'nova.compute.manager',
    function: 'rescue_instance',
    traceback: trace('compute/manager.py', 4501, 'rescue_instance', source, `InstanceNotRescuable: ${message}`),
  }
}

function schedulingFault(exception: string, message: string, reason: string): NovaException {
  const source = 'host_lists = self._schedule_instances(context, request_specs[0],'
  const last = `${exception}: ${message}`
  return {
    exception,
    message,
    kwargs: { reason, code: 500 },
    module: 'nova.scheduler.manager',
    function: 'select_destinations',
    traceback: trace('conductor/manager.py', 1587, 'schedule_and_build_instances', source, last),
  }
}

export function noValidHost(): NovaException {
  return schedulingFault('NoValidHost', 'No valid host was found. ', '')
}

export function retriesExceeded(uuid: string): NovaException {
  const reason = `Exhausted all hosts available for retrying build failures for instance ${uuid}.`
  return schedulingFault('MaxRetriesExceeded', `Exceeded maximum number of retries. ${reason}`, reason)
}
