import { existsPeriods, existsServices, listDeployments, missingExists } from '@stacktach/db'
import { formatInstant } from '@stacktach/domain'
import { z } from 'zod'
import { type Column, DataTable } from '../components/DataTable.tsx'
import { ChoiceField, KeptTimes, TextField } from '../components/Fields.tsx'
import { Note } from '../components/Note.tsx'
import { PageHead } from '../components/PageHead.tsx'
import { PageLink } from '../components/PageLink.tsx'
import { Pager } from '../components/Pager.tsx'
import { Section } from '../components/Section.tsx'
import { Stats } from '../components/Stats.tsx'
import { Switch } from '../components/Switch.tsx'
import { definePage, Redirect } from '../page/definePage.ts'
import { instantParameter, textFilter } from '../page/listParameters.ts'
import { CountLink, PeriodTable } from '../usage/PeriodTable.tsx'
import { byDeployment, type PeriodSummary, type ReasonCount, reasonsOf, summarize } from '../usage/periods.ts'
import { existsHref, reportHref, usageHref } from '../view/links.ts'
import { sameHref } from '../view/pageHref.ts'

const PERIODS = 24
const AUDITS = 8

/** The verdicts on exists, by audit period. */
export const usagePage = definePage({
  path: '/usage',
  navigation: 'Usage',
  access: 'all',
  params: z.object({
    service: z.enum(['nova', 'glance'], { error: 'service must be nova or glance' }).default('nova'),
    deployment: textFilter,
    before: instantParameter.optional(),
    tenant: textFilter,
  }),
  async load({ db, url }, { service, deployment, before, tenant }) {
    if (tenant !== undefined) return new Redirect(usageHref(tenant))
    const [periods, audits, deployments] = await Promise.all([
      existsPeriods(db, { service, deployment, before, limit: PERIODS + 1 }),
      service === 'nova' ? missingExists(db, AUDITS) : [],
      listDeployments(db),
    ])
    const shown = periods.slice(0, PERIODS)
    const last = shown.at(-1)?.start ?? null
    return {
      url,
      service,
      deployment,
      periods: shown.map(summarize),
      reasons: reasonsOf(shown),
      deployments: byDeployment(shown),
      deploymentNames: deployments.map(({ name }) => name),
      audits,
      isFirst: before === undefined,
      next: periods.length > PERIODS && last !== null ? String(last) : null,
    }
  },
  title: () => 'Usage',
  view: ({ url, service, deployment, periods, reasons, deployments, deploymentNames, audits, isFirst, next }) => {
    const sum = (count: (period: PeriodSummary) => number) =>
      periods.reduce((total, period) => total + count(period), 0)
    const [failed, contradicted, pending] = [
      sum((period) => period.failed),
      sum((period) => period.contradicted),
      sum((period) => period.pending),
    ]
    const filters = { service, deployment }
    return (
      <>
        <PageHead title="Usage">
          <span class="muted">what nova and glance report for billing, compared with launches and deletes</span>
        </PageHead>
        <div class="controls">
          <Switch
            label="Service"
            choices={existsServices.map((name) => ({
              label: name,
              to: sameHref(url, { service: name === 'nova' ? undefined : name, before: undefined }),
              isChosen: name === service,
            }))}
          />
          <form class="filter-form" method="get" action="/usage">
            <KeptTimes />
            {service === 'nova' ? null : <input type="hidden" name="service" value={service} />}
            {deploymentNames.length > 1 || deployment !== undefined ? (
              <ChoiceField name="deployment" label="Deployment" value={deployment} options={deploymentNames} />
            ) : null}
            <TextField name="tenant" label="A tenant's hours" value="" placeholder="tenant id" wide />
            <button type="submit">Show</button>
          </form>
        </div>
        <Stats
          label={`The ${periods.length} audit periods below`}
          stats={[
            { label: 'Exists', value: sum(({ total }) => total).toLocaleString('en'), to: existsHref(filters) },
            {
              label: 'Verified',
              value: sum(({ verified }) => verified).toLocaleString('en'),
              to: existsHref({ ...filters, status: 'verified' }),
            },
            {
              label: 'Failed',
              value: failed.toLocaleString('en'),
              to: existsHref({ ...filters, status: 'failed' }),
              tone: failed > 0 ? 'bad' : 'quiet',
            },
            {
              label: 'Contradicted',
              value: contradicted.toLocaleString('en'),
              detail: 'published, then failed',
              to: existsHref({ ...filters, contradicted: '1' }),
              tone: contradicted > 0 ? 'bad' : 'quiet',
            },
            {
              label: 'Pending',
              value: pending.toLocaleString('en'),
              to: existsHref({ ...filters, status: 'pending' }),
              tone: pending > 0 ? 'pending' : 'quiet',
            },
          ]}
        />
        <Section id="periods" title="Audit periods">
          <PeriodTable periods={periods} filters={filters} />
          <Pager of="audit periods" next={next} isFirst={isFirst} />
        </Section>
        <div class="side-by-side">
          {reasons.length === 0 ? null : (
            <Section id="reasons" title="Why verification failed">
              <ReasonTable
                reasons={reasons}
                hrefOf={(reason) => existsHref({ ...filters, status: 'failed', reason })}
              />
            </Section>
          )}
          {deployments.length < 2 ? null : (
            <Section id="deployments" title="By deployment">
              <DeploymentTable rows={deployments} service={service} />
            </Section>
          )}
          {service === 'nova' ? (
            <Section id="missing" title="Launches without exists">
              <DataTable
                caption="Launches without exists"
                hideCaption
                rows={audits}
                columns={auditColumns}
                empty="Not known: there is no nova usage audit. The report nova-usage-audit finds them."
              />
            </Section>
          ) : null}
        </div>
        <Note>
          The numbers above the list and the tables below it are those of the listed audit periods. At an action: sent
          during the period, because a user changed the instance.
        </Note>
      </>
    )
  },
})

const auditColumns: Column<Awaited<ReturnType<typeof missingExists>>[number]>[] = [
  {
    title: 'Nova usage audit',
    cell: ({ reportId, periodStart, periodEnd }) => (
      <PageLink to={reportHref(reportId)}>
        {`${formatInstant(periodStart).slice(0, 16)} – ${formatInstant(periodEnd).slice(0, 16)}`}
      </PageLink>
    ),
  },
  { title: 'Region', cell: ({ region }) => (region === '' ? 'all' : region) },
  {
    title: 'Launches',
    numeric: true,
    cell: ({ launches, reportId }) =>
      launches === null ? (
        <span class="none">–</span>
      ) : (
        <CountLink count={launches} tone="bad" to={`${reportHref(reportId)}#launch_fails`} />
      ),
  },
]

function ReasonTable({ reasons, hrefOf }: { reasons: readonly ReasonCount[]; hrefOf: (reason: string) => string }) {
  return (
    <DataTable
      caption="Reasons"
      hideCaption
      rows={reasons}
      empty="Nothing failed."
      columns={[
        {
          title: 'Reason',
          cell: ({ reason }) => <PageLink to={hrefOf(reason)}>{reason === '' ? 'unknown' : reason}</PageLink>,
        },
        { title: 'Exists', numeric: true, cell: ({ count }) => count.toLocaleString('en') },
      ]}
    />
  )
}

function DeploymentTable({ rows, service }: { rows: ReturnType<typeof byDeployment>; service: string }) {
  const list = (deployment: string | null, more: Record<string, string> = {}) =>
    existsHref({ service, deployment: deployment ?? undefined, ...more })
  return (
    <DataTable
      caption="By deployment"
      hideCaption
      rows={rows}
      empty="No exists."
      columns={[
        {
          title: 'Deployment',
          cell: ({ deployment }) => <PageLink to={list(deployment)}>{deployment ?? 'unknown'}</PageLink>,
        },
        { title: 'Exists', numeric: true, cell: ({ total }) => total.toLocaleString('en') },
        {
          title: 'Failed',
          numeric: true,
          cell: ({ deployment, failed }) => (
            <CountLink count={failed} tone="bad" to={list(deployment, { status: 'failed' })} />
          ),
        },
        { title: 'Pending', numeric: true, cell: ({ pending }) => pending.toLocaleString('en') },
      ]}
    />
  )
}
