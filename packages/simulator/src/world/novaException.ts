/** An exception raised in nova. */
export type NovaException = {
  readonly className: string
  readonly message: string
  /** The constructor's arguments in Python's order; `code` is the HTTP status that the exception stands for. */
  readonly kwargs: Readonly<Record<string, string | number>>
  readonly module: string
  readonly function: string
  readonly traceback: string
}

/** The HTTP status that the exception stands for. */
export function httpStatusOf({ kwargs }: NovaException): number {
  const { code } = kwargs
  return typeof code === 'number' ? code : 500
}

function formatTraceback(file: string, line: number, inside: string, source: string, last: string): string {
  return [
    'Traceback (most recent call last):\n',
    `  File "/usr/lib/python3/dist-packages/nova/${file}", line ${line}, in ${inside}\n    ${source}\n`,
    `nova.exception.${last}\n`,
  ].join(',')
}

function spawnException(className: string, message: string, kwargs: NovaException['kwargs']): NovaException {
  const source = 'self.driver.spawn(context, instance, image_meta,'
  const traceback = formatTraceback(
    'compute/manager.py',
    2521,
    '_build_and_run_instance',
    source,
    `${className}: ${message}`,
  )
  return { className, message, kwargs, module: 'nova.virt.libvirt.driver', function: 'spawn', traceback }
}

/** The host is full: nova tries the next one. */
export function resourcesUnavailable(): NovaException {
  const reason = 'insufficient disk space on host'
  return spawnException('ComputeResourcesUnavailable', `Insufficient compute resources: ${reason}.`, {
    reason,
    code: 400,
  })
}

/** The network was not created: nova gives up. */
export function interfaceFailed(): NovaException {
  return spawnException('VirtualInterfaceCreateException', 'Virtual Interface creation failed', { code: 500 })
}

/** The build cannot succeed on any host. */
export function buildAborted(uuid: string): NovaException {
  const reason = 'Failed to allocate the network(s), not rescheduling.'
  const message = `Build of instance ${uuid} aborted: ${reason}`
  return spawnException('BuildAbortException', message, { instance_uuid: uuid, reason, code: 500 })
}

export function rebootFailed(): NovaException {
  const reason = 'Timed out waiting for guest'
  const message = `Failed to reboot instance: ${reason}`
  const source = 'self.driver.reboot(context, instance,'
  return {
    className: 'InstanceRebootFailure',
    message,
    kwargs: { reason, code: 400 },
    module: 'nova.virt.libvirt.driver',
    function: 'reboot',
    traceback: formatTraceback(
      'compute/manager.py',
      4131,
      '_reboot_instance',
      source,
      `InstanceRebootFailure: ${message}`,
    ),
  }
}

export function notRescuable(uuid: string): NovaException {
  const reason = `Driver Error: Instance ${uuid} cannot be rescued: no rescue image`
  const message = `Instance ${uuid} cannot be rescued: ${reason}`
  const source = 'self.driver.rescue(context, instance, network_info,'
  return {
    className: 'InstanceNotRescuable',
    message,
    kwargs: { instance_id: uuid, reason, code: 400 },
    module: 'nova.compute.manager',
    function: 'rescue_instance',
    traceback: formatTraceback(
      'compute/manager.py',
      4501,
      'rescue_instance',
      source,
      `InstanceNotRescuable: ${message}`,
    ),
  }
}

/** The volume service did not answer: a resize fails on its target host. */
export function volumesUnavailable(): NovaException {
  const reason = 'Unable to establish connection to the volume service'
  const message = `Connection to cinder host failed: ${reason}`
  const source = 'block_device_info = self._get_instance_block_device_info('
  return {
    className: 'CinderConnectionFailed',
    message,
    kwargs: { reason, code: 500 },
    module: 'nova.compute.manager',
    function: 'finish_resize',
    traceback: formatTraceback(
      'compute/manager.py',
      6011,
      'finish_resize',
      source,
      `CinderConnectionFailed: ${message}`,
    ),
  }
}

function schedulingException(className: string, message: string, reason: string): NovaException {
  const source = 'host_lists = self._schedule_instances(context, request_specs[0],'
  const last = `${className}: ${message}`
  return {
    className,
    message,
    kwargs: { reason, code: 500 },
    module: 'nova.scheduler.manager',
    function: 'select_destinations',
    traceback: formatTraceback('conductor/manager.py', 1587, 'schedule_and_build_instances', source, last),
  }
}

export function noValidHost(): NovaException {
  return schedulingException('NoValidHost', 'No valid host was found. ', '')
}

export function retriesExceeded(uuid: string): NovaException {
  const reason = `Exhausted all hosts available for retrying build failures for instance ${uuid}.`
  return schedulingException('MaxRetriesExceeded', `Exceeded maximum number of retries. ${reason}`, reason)
}
