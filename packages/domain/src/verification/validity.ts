import type { InstanceExists } from '../usage/exists.ts'
import { failed, type Verdict } from './verdict.ts'

/** Which fields of an exists are required and validated. Agreement with its launch is checked at every level. */
export type VerifyLevel = 'none' | 'basic' | 'all'

/** The flavor field that an exists must have and that must agree with its launch. */
export type FlavorField = 'instance_type_id' | 'instance_flavor_id'

/** Low bits of the image_type of an imported image, which needs neither os_distro nor os_version. */
const IMPORTED = 3

type ValidatedFields = Pick<
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

/** The value of the configured flavor field. */
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
 * StackTach's check of the fields of a nova exists; null when it passes. `basic` requires a hexadecimal tenant and a
 * flavor; `all` also requires the metadata of Rackspace's images.
 */
export function checkFields(exists: ValidatedFields, level: VerifyLevel, flavorField: FlavorField): Verdict | null {
  if (level === 'none') return null
  const basic: Requirement[] = [
    { field: 'tenant', value: exists.tenant, form: [/^[0-9a-f]+$/i, 'hex digits'] },
    { field: flavorField, value: flavorOf(exists, flavorField) },
  ]
  if (level === 'basic') return checkRequirements(basic)
  const wordForm: [RegExp, string] = [/^[a-z0-9.]+$/i, 'letters, digits and dots']
  const systemFields: Requirement[] =
    (exists.imageType & 0xf) === IMPORTED
      ? []
      : [
          { field: 'os_distro', value: exists.osDistro, form: wordForm },
          { field: 'os_version', value: exists.osVersion, form: wordForm },
        ]
  return checkRequirements([
    ...basic,
    { field: 'rax_options', value: exists.raxOptions, form: [/^-?\d+$/, 'an integer'] },
    { field: 'os_architecture', value: exists.osArchitecture },
    ...systemFields,
  ])
}

/** The failure of the first field that is missing (null or empty) or malformed; null if there is none. */
export function checkRequirements(requirements: readonly Requirement[]): Verdict | null {
  for (const { field, value, form } of requirements) {
    if (value === null || value === '') return failed('field missing', `${field} is not set`)
    if (form && !form[0].test(value))
      return failed('field invalid', `${field} is ${JSON.stringify(value)}, not ${form[1]}`)
  }
  return null
}
