import { tenantExists } from '@stacktach/db'
import type { InstanceFlavorUsage } from '@stacktach/domain'
import { z } from 'zod'
import { defineDownload, type WebDownload } from '../page/defineDownload.ts'
import { type FileCell, type TableFormat, tableFile, tableFormats } from '../page/tableFile.ts'
import { monthParameter, monthText } from '../usage/month.ts'
import { instanceUsage } from '../usage/tenantMonth.ts'
import { isoInstant } from '../view/links.ts'

const columns = ['instance', 'flavor', 'flavor_name', 'memory_mb', 'hours', 'exists', 'from', 'until']

/** A tenant's hours of a month by instance and flavor. */
export const tenantHours: readonly WebDownload[] = tableFormats.map((format: TableFormat) =>
  defineDownload({
    path: `/usage/:tenant/hours.${format}`,
    access: 'tenant',
    params: z.object({ tenant: z.string().min(1).max(500), month: monthParameter }),
    open: ({ db }, { tenant, month }) =>
      tableFile(
        format,
        `hours-${tenant}-${monthText(month.from)}`,
        columns,
        cells(instanceUsage(tenantExists(db, { tenant, period: month }))),
      ),
  }),
)

async function* cells(batches: AsyncIterable<InstanceFlavorUsage[]>): AsyncGenerator<FileCell[][]> {
  for await (const rows of batches) {
    yield rows.map(({ instance, flavor, flavorName, memoryMb, hours, exists, from, until }) => [
      instance,
      flavor,
      flavorName,
      memoryMb,
      hours,
      exists,
      isoInstant(from),
      isoInstant(until),
    ])
  }
}
