import { DepinError } from '../../../contract/errors.ts'
import type { Deployment, ForwardStatus } from '../../../contract/nouns/deployment.ts'
import { readManifest } from '../../deployments/index.ts'
import type { Forward } from '../../ingress/types.ts'
import { watchList, watchValue } from '../watch.ts'
import { type HandlerDeps, onEventsAndTime, os } from './deps.ts'

/** Costs and counts move this often while somebody looks, ms. */
const costIntervalMs = 5_000
const forwardIntervalMs = 1_000

export function manifestHandlers() {
  return { validate: os.manifests.validate.handler(({ input }) => readManifest(input.bundle).report) }
}

export function deploymentHandlers(deps: HandlerDeps) {
  const { deployments, clock } = deps
  return {
    list: os.deployments.list.handler(() => deployments.list()),
    get: os.deployments.get.handler(({ input }) => deployments.get(input.name)),
    watch: os.deployments.watch.handler(({ signal }) => watchList({
      subscribe: onEventsAndTime(deps, ['deployment-changed', 'lease-changed', 'workload-changed', 'ledger-changed', 'peer-changed'], costIntervalMs),
      read: () => deployments.list(),
      keyOf: (deployment) => deployment.name,
      signal,
      pace: { clock, minIntervalMs: 250, burst: 8 },
    })),
    quote: os.deployments.quote.handler(({ input, signal }) => toGenerator(deployments.quote(input.bundle, input.options, signal))),
    create: os.deployments.create.handler(({ input, signal }) => deployments.create(input.bundle, input.options, signal)),
    remove: os.deployments.remove.handler(({ input, signal }) => deployments.remove(input.name, signal)),
    retry: os.deployments.retry.handler(({ input }) => deployments.retry(input.name)),
    logs: os.deployments.logs.handler(({ input, signal }) => toGenerator(deployments.logs(input, signal ?? new AbortController().signal))),
    forward: os.deployments.forward.handler(({ input, signal }) => forward(deps, input, signal)),
  }
}

interface ForwardInput { name: string, service: string, port: number, localPort: number, replica: number | null }

/** Listens for as long as the caller keeps the stream open. */
async function* forward(deps: HandlerDeps, input: ForwardInput, signal: AbortSignal | undefined): AsyncGenerator<ForwardStatus, void> {
  const { deployments, ingress, clock } = deps
  deployments.targets(input.name, input.service, input.replica)
  refuseClosedPort(deployments.get(input.name), input)
  const open = await ingress.forward({
    service: input.service,
    port: input.port,
    localPort: input.localPort,
    targets: () => targetsNow(deps, input),
  })
  try {
    yield* watchValue({
      subscribe: onEventsAndTime(deps, [], forwardIntervalMs), read: () => statusOf(open), signal, pace: { clock, minIntervalMs: 200 },
    })
  } finally {
    await open.close()
  }
}

/** What runs says which ports it has, those of its image among them; while nothing runs, nobody can say. */
function refuseClosedPort({ replicas }: Deployment, { service, port, replica }: ForwardInput): void {
  const running = replicas.filter(({ index }) => replica === null || index === replica)
    .flatMap(({ services }) => services.filter((status) => status.service === service && status.state === 'running'))
  if (running.length === 0 || running.some(({ ports }) => ports.includes(port))) return
  const open = [...new Set(running.flatMap(({ ports }) => ports))]
  throw new DepinError('E_NOT_FOUND', `“${service}” does not expose port ${port}.`, {
    next: open.length === 0 ? `Add “expose: [${port}]” to it in the compose file.` : `It exposes ${open.join(', ')}; add “expose: [${port}]” to it in the compose file for another.`,
  })
}

/** None when the app was removed meanwhile: connections then say so. */
function targetsNow(deps: HandlerDeps, input: ForwardInput): { provider: string, leaseId: string }[] {
  try {
    return deps.deployments.targets(input.name, input.service, input.replica)
  } catch {
    return []
  }
}

function statusOf(open: Forward): ForwardStatus {
  return { host: open.host, port: open.port, ...open.counts() }
}

async function* toGenerator<T>(items: AsyncIterable<T>): AsyncGenerator<T, void> {
  yield* items
}
