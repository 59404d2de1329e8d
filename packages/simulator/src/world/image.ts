import type { Random } from '../core/random.ts'

/** A public image from which instances are created. */
export type BaseImage = {
  readonly id: string
  readonly name: string
  readonly size: number
  readonly minDisk: number
  /** Glance properties that nova copies into `image_meta`. */
  readonly properties: Readonly<Record<string, string>>
  readonly osType: string | null
}

const bases = [
  { name: 'cirros-0.6.1-x86_64', size: 21_233_664, minDisk: 1, osType: null, properties: {} },
  {
    name: 'debian-12-generic',
    size: 348_782_592,
    minDisk: 2,
    osType: 'linux',
    properties: { os_type: 'linux', os_distro: 'debian', os_version: '12' },
  },
  {
    name: 'Ubuntu 24.04 LTS',
    size: 612_368_384,
    minDisk: 10,
    osType: 'linux',
    properties: {
      'com.rackspace__1__options': '0',
      'org.openstack__1__architecture': 'x64',
      'org.openstack__1__os_distro': 'com.ubuntu',
      'org.openstack__1__os_version': '24.04',
      image_type: 'base',
      os_type: 'linux',
      os_distro: 'ubuntu',
    },
  },
  {
    name: 'Windows Server 2022',
    size: 5_138_022_400,
    minDisk: 20,
    osType: 'windows',
    properties: {
      'com.rackspace__1__options': '4',
      'org.openstack__1__architecture': 'x64',
      'org.openstack__1__os_distro': 'com.microsoft.server',
      'org.openstack__1__os_version': '2022',
      image_type: 'base',
      os_type: 'windows',
    },
  },
] as const

/** Creates the public images of one deployment. */
export function createBaseImages(random: Random): readonly [BaseImage, ...BaseImage[]] {
  const [first, ...rest] = bases.map((base) => ({ ...base, id: random.uuid() }))
  if (first === undefined) throw new Error('no images')
  return [first, ...rest]
}

/** Nova's `image_meta`: the image's properties and the fields that nova adds. */
export function imageMeta(image: BaseImage): Readonly<Record<string, string>> {
  return {
    kernel_id: 'nokernel',
    ramdisk_id: 'nokernel',
    architecture: 'x86_64',
    ...image.properties,
    min_ram: '0',
    min_disk: String(image.minDisk),
    disk_format: 'qcow2',
    container_format: 'bare',
    base_image_ref: image.id,
  }
}
