import * as z from 'zod'
import { ManifestNote, ReplicaEvent } from '../../contract/nouns/deployment.ts'
import { Reason } from '../../contract/reasons.ts'
import { asBlob, asInt, type Database, flag, jsonColumn, type ReadHandle } from '../database/index.ts'
import { decodeApp, encodeApp } from '../market/index.ts'
import type { PlacementOptions } from './manifest/types.ts'
import type { DeploymentRecord, DeploymentStore, ReplicaRecord, ReplicaState } from './types.ts'

const AmountText = z.string().regex(/^\d+$/).transform((text) => BigInt(text)).nullable()
const StoredPlacement: z.ZodType<PlacementOptions> = z.object({
  copies: z.int(),
  budgetMicro: AmountText,
  maxPriceMonthMicro: AmountText,
  regions: z.array(z.string()),
  spread: z.enum(['host', 'region']),
  graceMs: z.int(),
})
const StoredState: z.ZodType<ReplicaState> = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('waiting'), reason: Reason.nullable(), failures: z.int(), notBeforeMs: z.int() }),
  z.object({ kind: z.literal('leased'), leaseId: z.string(), provider: z.string(), label: z.string(), region: z.string().nullable(), failures: z.int() }),
  z.object({ kind: z.literal('failed'), reason: Reason }),
])
const DeploymentRow = z.object({
  name: z.string(),
  created_at_ms: asInt,
  removing: flag,
  app: asBlob,
  placement: jsonColumn(StoredPlacement),
  providers: jsonColumn(z.array(z.string())),
  warnings: jsonColumn(z.array(ManifestNote)),
})
const ReplicaRow = z.object({ deployment: z.string(), idx: asInt, state: jsonColumn(StoredState), since_ms: asInt })
const EventRow = z.object({ event: jsonColumn(ReplicaEvent) })
const LeaseIdRow = z.object({ lease_id: z.string() })

export function createDeploymentStore(database: Database): DeploymentStore {
  const { read } = database
  return {
    get(name, handle = read) {
      const row = handle.get(DeploymentRow, 'SELECT * FROM deployments WHERE name = :name', { name })
      return row && recordFrom(row)
    },
    list: () => read.all(DeploymentRow, 'SELECT * FROM deployments ORDER BY created_at_ms, name').map(recordFrom),
    insert(tx, deployment) {
      tx.run(`INSERT INTO deployments (name, created_at_ms, removing, app, placement, providers, warnings)
        VALUES (:name, :createdAtMs, 0, :app, :placement, :providers, :warnings)`, {
        name: deployment.name,
        createdAtMs: deployment.createdAtMs,
        app: encodeApp(deployment.app),
        placement: JSON.stringify(deployment.placement, (_, value: unknown) => typeof value === 'bigint' ? value.toString() : value),
        providers: JSON.stringify(deployment.providers),
        warnings: JSON.stringify(deployment.warnings),
      })
    },
    setRemoving: (tx, name) => void tx.run('UPDATE deployments SET removing = 1 WHERE name = :name', { name }),
    remove: (tx, name) => void tx.run('DELETE FROM deployments WHERE name = :name', { name }),
    ...replicaQueries(read),
  }
}

type ReplicaQueries = Pick<DeploymentStore, 'replicas' | 'putReplica' | 'replicaWithLease' | 'addEvent' | 'events' | 'leaseIds'>

function replicaQueries(read: ReadHandle): ReplicaQueries {
  const select = 'SELECT deployment, idx, state, since_ms FROM replicas'
  return {
    replicas: (name, handle = read) => handle.all(ReplicaRow, `${select} WHERE deployment = :name ORDER BY idx`, { name }).map(replicaFrom),
    putReplica(tx, replica) {
      tx.run(`INSERT INTO replicas (deployment, idx, lease_id, state, since_ms) VALUES (:deployment, :index, :leaseId, :state, :sinceMs)
        ON CONFLICT (deployment, idx) DO UPDATE SET lease_id = :leaseId, state = :state, since_ms = :sinceMs`, {
        deployment: replica.deployment,
        index: replica.index,
        leaseId: replica.state.kind === 'leased' ? replica.state.leaseId : null,
        state: JSON.stringify(replica.state),
        sinceMs: replica.sinceMs,
      })
    },
    replicaWithLease(leaseId) {
      const row = read.get(ReplicaRow, `${select} WHERE lease_id = :leaseId`, { leaseId })
      return row && replicaFrom(row)
    },
    addEvent(tx, name, index, event) {
      tx.run('INSERT INTO replica_events (deployment, idx, lease_id, event) VALUES (:name, :index, :leaseId, :event)', { name, index, leaseId: event.leaseId, event: JSON.stringify(event) })
    },
    events: (name, index) => read.all(EventRow, 'SELECT event FROM replica_events WHERE deployment = :name AND idx = :index ORDER BY seq', { name, index }).map((row) => row.event),
    leaseIds: (name, handle = read) => handle.all(LeaseIdRow, `SELECT DISTINCT lease_id FROM replica_events WHERE deployment = :name AND lease_id IS NOT NULL`, { name }).map((row) => row.lease_id),
  }
}

function recordFrom(row: z.output<typeof DeploymentRow>): DeploymentRecord {
  return {
    name: row.name, createdAtMs: row.created_at_ms, removing: row.removing, app: decodeApp(row.app), placement: row.placement, providers: row.providers, warnings: row.warnings,
  }
}

function replicaFrom(row: z.output<typeof ReplicaRow>): ReplicaRecord {
  return { deployment: row.deployment, index: row.idx, state: row.state, sinceMs: row.since_ms }
}
