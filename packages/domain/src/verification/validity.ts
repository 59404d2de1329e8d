import type { InstanceExists } from '../usage/exists.ts'
import { failed, type Verdict } from './verdict.ts'

/** Which fields of an exists are required and validated. Agreement with its launch is checked at every level. */
export type VerifyLevel = 'none' | 'basic' | 'all'

/** The flavor field that an exists must have and that must agree with its launch. */
export type FlavorField = 'instance_type_id' | 'instance_flavor_id'

/** The low bits of image_type of an image that was imported: its owner need not say what is on it. */
const IMPORTED = 3

type Stated = Pick<
  InstanceExists,
  | 'tenant'
  | 'instanceTypeId'
  | 'instanceFlavorId'
  | 'raxOptions'
  | 'osArchitecture'
  | 'osDistro'
  | 'osVersion'
  | 'imageType'
>

export function flavorOf(
  row: Pick<InstanceExists, 'instanceTypeId' | 'instanceFlavorId'>,
  field: FlavorField,
): string | null {
  return field === 'instance_type_id' ? row.instanceTypeId : row.instanceFlavorId
}

interface Requirement {
  field: string
  value: string | null
  /** Required pattern and its description. */
  form?: [RegExp, string]
}

/**
 * StackTach's validity check of a nova exists, null when it passes. `basic` requires a hexadecimal tenant and a
 * flavor; `all` also requires the metadata of Rackspace's images.
 */
export function invalid(exists: Stated, level: VerifyLevel, flavorField: FlavorField): Verdict | null {
  if (level === 'none') return null
  const basic: Requirement[] = [
    { field: 'tenant', value: exists.tenant, form: [/^[0-9a-f]+$/i, 'hex digits'] },
    { field: flavorField, value: flavorOf(exists, flavorField) },
  ]
  if (level === 'basic') return firstFault(basic)
  const words: [RegExp, string] = [/^[a-z0-9.]+$/i, 'letters, digits and dots']
  const ofSystem: Requirement[] =
    (exists.imageType & 0xf) === IMPORTED
      ? []
      : [
          { field: 'os_distro', value: exists.osDistro, form: words },
          { field: 'os_version', value: exists.osVersion, form: words },
        ]
  return firstFault([
    ...basic,
    { field: 'rax_options', value: exists.raxOptions, form: [/^-?\d+$/, 'an integer'] },
    { field: 'os_architecture', value: exists.osArchitecture },
    ...ofSystem,
  ])
}

/** The first field that is missing (null or empty) or malformed. */
export function firstFault(requirements: readonly Requirement[]): Verdict | null {
  for (const { field, value, form } of requirements) {
    if (value === null || value === '') return failed('field missing', `${field} is not set`)
    if (form && !form[0].test(value))
      return failed('field invalid', `${field} is ${JSON.stringify(value)}, not ${form[1]}`)
  }
  return null
}
