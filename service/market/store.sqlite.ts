import * as z from 'zod'
import { LeaseState } from '../../contract/nouns/lease.ts'
import { DepinError } from '../../contract/errors.ts'
import { isAbuseReason, isOwnerReason, Reason } from '../../contract/reasons.ts'
import type { ActivityLog, NewActivity } from '../activity/index.ts'
import type { Clock, EventBus, ServiceEvents } from '../base/index.ts'
import { asBlob, asInt, asNullableInt, type Database, jsonColumn, type ReadHandle, untilWritten, type WriteHandle } from '../database/index.ts'
import { parseRecord } from '../identity/index.ts'
import { appTitle, decodeApp } from './app.ts'
import { nextPhase } from './lease-state.ts'
import type { Lease } from '../../contract/wire/v1/records.ts'
import type { LeaseEvent, LeasePhase, LeaseRecord, Leases, NewLeaseRecord, Role } from './types.ts'

const Row = z.object({
  lease_id: z.string(),
  role: z.enum(['provider', 'tenant']),
  peer_id: z.string(),
  request_id: asBlob,
  state: LeaseState,
  reason: jsonColumn(Reason).nullable(),
  since_ms: asInt,
  created_at_ms: asInt,
  ended_at_ms: asNullableInt,
  body: asBlob,
  tenant_signature: asBlob,
  provider_signature: asBlob.nullable(),
})
const AppRow = z.object({ app: asBlob })
const tables = ['leases']
const columns = `lease_id, role, peer_id, request_id, state, reason, since_ms, created_at_ms, ended_at_ms, body, tenant_signature, provider_signature`

export interface LeasesDeps {
  database: Database
  clock: Clock
  bus: EventBus<ServiceEvents>
  activity: ActivityLog
}

export function createLeases(deps: LeasesDeps): Leases {
  const { database, clock, bus, activity } = deps
  const parseBody = createBodyParser()
  const recordFrom = (row: z.output<typeof Row>): LeaseRecord => toRecord(row, parseBody)
  const select = `SELECT ${columns} FROM leases`
  const publish = (leaseId: string): void => database.afterCommit(() => bus.publish('lease-changed', leaseId))

  const find = (leaseId: string, role: Role, handle: ReadHandle): LeaseRecord | undefined => {
    const row = handle.get(Row, `${select} WHERE lease_id = :leaseId AND role = :role`, { leaseId, role })
    return row && recordFrom(row)
  }
  // asked for by every connection of a tunnel, and again and again by those that look after leases
  const remembered: Record<Role, (leaseId: string) => LeaseRecord | undefined> = {
    provider: untilWritten(database, (leaseId) => find(leaseId, 'provider', database.read), tables),
    tenant: untilWritten(database, (leaseId) => find(leaseId, 'tenant', database.read), tables),
  }
  const inState = untilWritten(database, (params): readonly LeaseRecord[] => {
    const { role, states } = JSON.parse(params) as { role: Role, states: LeaseState[] }
    const sql = `${select} WHERE role = :role AND state IN (SELECT value FROM json_each(:states)) ORDER BY created_at_ms, lease_id`
    return database.read.all(Row, sql, { role, states: JSON.stringify(states) }).map(recordFrom)
  }, tables)
  const get = (leaseId: string, role: Role, tx?: ReadHandle): LeaseRecord | undefined => (
    tx === undefined ? remembered[role](leaseId) : find(leaseId, role, tx)
  )

  const app = (leaseId: string, role: Role): Uint8Array => {
    const row = database.read.get(AppRow, 'SELECT app FROM leases WHERE lease_id = :leaseId AND role = :role', { leaseId, role })
    if (row === undefined) throw new DepinError('E_NOT_FOUND', `There is no lease ${leaseId} here.`)
    return row.app
  }

  return {
    get,
    app,
    byRequest(role, peerId, requestId) {
      const row = database.read.get(Row, `${select} WHERE role = :role AND peer_id = :peerId AND request_id = :requestId`, { role, peerId, requestId })
      return row && recordFrom(row)
    },
    list: (role) => database.read.all(Row, `${select} WHERE role = :role ORDER BY created_at_ms, lease_id`, { role }).map(recordFrom),
    inState: (role, states) => inState(JSON.stringify({ role, states })),
    insert(tx, record, app) {
      insert(tx, record, app, clock.nowMs())
      publish(record.leaseId)
    },
    apply(tx, leaseId, role, event) {
      const before = get(leaseId, role, tx)
      if (before === undefined) throw new DepinError('E_NOT_FOUND', `There is no lease ${leaseId} here.`)
      const phase = nextPhase(before.phase, event, clock.nowMs())
      if (phase === before.phase) return before
      update(tx, before, phase, event, clock.nowMs())
      const line = role === 'provider' ? guestLine(before.phase, phase, leaseId, () => appTitle(decodeApp(app(leaseId, role)))) : null
      if (line !== null) activity.add(tx, line)
      publish(leaseId)
      return get(leaseId, role, tx) ?? before
    },
  }
}

/** What the owner is told of a guest's turn of events. Sleep by the owner's own rules is told once, for all guests together. */
function guestLine(before: LeasePhase, after: LeasePhase, leaseId: string, title: () => string): NewActivity | null {
  if (after.state === 'running' && before.state === 'funded') return { kind: 'guest-running', tone: 'good', params: { app: title(), leaseId } }
  if (isOwnersSleep(before) || isOwnersSleep(after)) return after.state === 'terminated' ? endLine(after, leaseId, title) : null
  if (after.state === 'running' && before.state === 'suspended') return { kind: 'guest-resumed', tone: 'good', params: { app: title(), leaseId } }
  if (after.state === 'suspended') return { kind: 'guest-suspended', tone: 'attention', params: { app: title(), leaseId, reason: after.reason.code } }
  return after.state === 'terminated' ? endLine(after, leaseId, title) : null
}

function endLine({ reason }: Extract<LeasePhase, { reason: Reason }>, leaseId: string, title: () => string): NewActivity {
  return { kind: 'guest-ended', tone: isAbuseReason(reason) ? 'attention' : 'info', params: { app: title(), leaseId, reason: reason.code, detail: reason.detail ?? '' } }
}

function isOwnersSleep(phase: LeasePhase): boolean {
  return phase.state === 'suspended' && isOwnerReason(phase.reason)
}

function insert(tx: WriteHandle, record: NewLeaseRecord, app: Uint8Array, nowMs: number): void {
  tx.run(`INSERT INTO leases (${columns}, app)
    VALUES (:leaseId, :role, :peerId, :requestId, :state, NULL, :nowMs, :createdAtMs, NULL, :body, :tenantSignature, :providerSignature, :app)`, {
    leaseId: record.leaseId,
    role: record.role,
    peerId: record.peerId,
    requestId: record.requestId,
    state: record.phase.state,
    nowMs,
    createdAtMs: record.createdAtMs,
    body: record.body,
    tenantSignature: record.tenantSignature,
    providerSignature: record.providerSignature,
    app,
  })
}

function update(tx: WriteHandle, record: LeaseRecord, phase: LeasePhase, event: LeaseEvent, nowMs: number): void {
  tx.run(`UPDATE leases SET state = :state, reason = :reason, since_ms = CASE WHEN state = :state THEN since_ms ELSE :nowMs END, ended_at_ms = :endedAtMs,
    provider_signature = coalesce(:signature, provider_signature) WHERE lease_id = :leaseId AND role = :role`, {
    leaseId: record.leaseId,
    role: record.role,
    state: phase.state,
    reason: 'reason' in phase ? JSON.stringify(phase.reason) : null,
    endedAtMs: 'endedAtMs' in phase ? phase.endedAtMs : null,
    nowMs,
    signature: event.kind === 'countersigned' ? event.signature : null,
  })
}

const maxParsedBodies = 2000

/** Bodies never change: each is parsed once. */
function createBodyParser(): (leaseId: string, body: Uint8Array) => Lease {
  const parsed = new Map<string, Lease>()
  return (leaseId, body) => {
    const known = parsed.get(leaseId)
    if (known !== undefined) return known
    if (parsed.size >= maxParsedBodies) parsed.clear()
    const lease = parseRecord('lease', body)
    parsed.set(leaseId, lease)
    return lease
  }
}

function toRecord(row: z.output<typeof Row>, parseBody: ReturnType<typeof createBodyParser>): LeaseRecord {
  return {
    leaseId: row.lease_id,
    role: row.role,
    peerId: row.peer_id,
    requestId: row.request_id,
    lease: parseBody(row.lease_id, row.body),
    body: row.body,
    tenantSignature: row.tenant_signature,
    providerSignature: row.provider_signature,
    phase: phaseFrom(row),
    sinceMs: row.since_ms,
    createdAtMs: row.created_at_ms,
  }
}

function phaseFrom(row: z.output<typeof Row>): LeasePhase {
  const reason = row.reason ?? { code: 'failed' as const }
  switch (row.state) {
    case 'proposed':
    case 'funded':
    case 'running':
    case 'grace': return { state: row.state }
    case 'suspended': return { state: row.state, reason }
    case 'terminated':
    case 'final': return { state: row.state, reason, endedAtMs: row.ended_at_ms ?? row.since_ms }
  }
}
