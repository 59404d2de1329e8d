import type { Rules } from '../rules.ts'
import type { InstanceExists } from '../usage/exists.ts'
import { type FailReason, failed, type Verdict } from './verdict.ts'

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
  | 'versioned'
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
 * StackTach's check of the fields of a nova exists; null when it passes. `basic` requires a tenant and a flavor; `all`
 * also requires the metadata of Rackspace's images. StackTach's rules require a hexadecimal tenant; today a tenant is
 * any text, and nothing is required that the exists' format does not have.
 */
export function checkFields(
  exists: ValidatedFields,
  level: VerifyLevel,
  flavorField: FlavorField,
  rules: Rules,
): Verdict | null {
  if (level === 'none') return null
  const versioned = rules === 'today' && exists.versioned
  const field = versioned ? 'instance_flavor_id' : flavorField
  const basic: Requirement[] = [
    { field: 'tenant', value: exists.tenant, ...(rules === 'stacktach' && { form: [/^[0-9a-f]+$/i, 'hex digits'] }) },
    { field, value: flavorOf(exists, field) },
  ]
  if (level === 'basic' || versioned) return checkRequirements(basic, rules)
  const wordForm: [RegExp, string] = [/^[a-z0-9.]+$/i, 'letters, digits and dots']
  const systemFields: Requirement[] =
    (exists.imageType & 0xf) === IMPORTED
      ? []
      : [
          { field: 'os_distro', value: exists.osDistro, form: wordForm },
          { field: 'os_version', value: exists.osVersion, form: wordForm },
        ]
  return checkRequirements(
    [
      ...basic,
      { field: 'rax_options', value: exists.raxOptions, form: [/^-?\d+$/, 'an integer'] },
      { field: 'os_architecture', value: exists.osArchitecture },
      ...systemFields,
    ],
    rules,
  )
}

/**
 * The failure of a field that is missing (null or empty) or malformed; null if there is none. With today's rules the
 * detail names every such field, with StackTach's the first one.
 */
export function checkRequirements(requirements: readonly Requirement[], rules: Rules): Verdict | null {
  const faults = requirements.flatMap((requirement) => faultOf(requirement) ?? [])
  const [first] = faults
  if (first === undefined) return null
  const named = rules === 'today' ? faults : [first]
  return failed(first.reason, named.map(({ detail }) => detail).join(', '))
}

function faultOf({ field, value, form }: Requirement): { reason: FailReason; detail: string } | null {
  if (value === null || value === '') return { reason: 'field missing', detail: `${field} is not set` }
  if (!form || form[0].test(value)) return null
  return { reason: 'field invalid', detail: `${field} is ${JSON.stringify(value)}, not ${form[1]}` }
}
