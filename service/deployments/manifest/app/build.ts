/** From the project to the `App` that a host is asked to run. */
import { encode } from '@ipld/dag-cbor'
import { App, type AppFile, type AppService, maxAppBytes } from '../../../../contract/wire/v1/app.ts'
import { formatSize, formatSizeMiB } from '../../../../contract/units.ts'
import type { ProjectFiles } from '../files.ts'
import { bounds, defaults } from '../limits.ts'
import { listed, type Notes, quote } from '../notes.ts'
import type { Selection } from '../project/select.ts'
import { entriesOf, type Field, get, type Mapping, rootField } from '../tree.ts'
import type { TextBudget } from '../variables/interpolate.ts'
import { readAppFiles } from './app-files.ts'
import { readCommand } from './command.ts'
import { readConditions } from './conditions.ts'
import { asName, type BuildContext, say, type ServiceContext, VolumeNames } from './context.ts'
import { checkCycles, readDependencies } from './depends.ts'
import { readEnvironment } from './environment.ts'
import { readHealthcheck } from './health.ts'
import { readImage } from './image.ts'
import { readLifecycle } from './lifecycle.ts'
import { readMounts } from './mounts.ts'
import { readAliases, readHostname, sayNetworks } from './network.ts'
import { readPorts } from './ports.ts'
import { readResources } from './resources.ts'

export interface BuildDeps {
  files: ProjectFiles
  notes: Notes
  budget: TextBudget
}

/** What all readers of a project's services look at. */
export function buildContext(project: Mapping, { files, notes, budget }: BuildDeps): BuildContext {
  const root = rootField(project)
  return { files, notes, budget, project: root, names: nameServices(entriesOf(get(root, 'services')), notes), volumes: new VolumeNames() }
}

/** The services that could be read; the app when nothing is wrong with it. */
export interface Built {
  services: AppService[]
  app: App | null
}

/** `leftOut`: services that the file has and that do not run. */
export function buildApp(context: BuildContext, leftOut: Selection['leftOut']): Built {
  const about = get(context.project, 'services') ?? context.project
  const services = entriesOf(get(context.project, 'services'))
  if (services.length === 0) context.notes.error(about, 'There is no service to run.')
  if (services.length > bounds.services) {
    context.notes.error(about, `The file has ${services.length} services; an app can have ${bounds.services}. Split it.`)
    return { services: [], app: null }
  }
  const silent: string[] = []
  const built = services.flatMap(([written, service]) => buildService({ ...context, written, service, name: context.names.get(written) ?? written }, leftOut, silent) ?? [])
  sayLimits(context, silent)
  sayNetworks(context, services.map(([, service]) => service))
  checkCycles(built, (name) => services.find(([written]) => context.names.get(written) === name)?.[1] ?? about, context.notes)
  const conditions = readConditions(context)
  return { services: built, app: context.notes.failed ? null : finish(context, { services: built, ...conditions }) }
}

function buildService(context: ServiceContext, leftOut: Selection['leftOut'], silent: string[]): AppService | undefined {
  const image = readImage(context)
  const { silent: isSilent, ...resources } = readResources(context)
  const { files, ...mounts } = readMounts(context)
  if (isSilent) silent.push(context.name)
  const service: Omit<AppService, 'image'> = {
    name: context.name,
    source: null,
    entrypoint: readCommand(context, 'entrypoint'),
    command: readCommand(context, 'command'),
    env: readEnvironment(context),
    hostname: readHostname(context),
    aliases: readAliases(context),
    ports: readPorts(context),
    ...mounts,
    files: countedFiles(context, [...files, ...readAppFiles(context)]),
    dependsOn: readDependencies(context, leftOut),
    healthcheck: readHealthcheck(context),
    ...readLifecycle(context),
    ...resources,
  }
  return image === undefined ? undefined : { ...service, image }
}

/** A name that the app's rules allow for each service; the written one stays as another name it is reached by. */
function nameServices(services: readonly [string, Field][], notes: Notes): Map<string, string> {
  const names = new Map<string, string>()
  const taken = new Map<string, string>()
  for (const [written, service] of services) {
    const name = asName(written)
    const other = name === null ? undefined : taken.get(name)
    if (name === null) notes.error(service, `${quote(written)} cannot be the name of a service: use letters and digits.`)
    else if (other !== undefined) notes.error(service, `The services ${quote(other)} and ${quote(written)} have the same name once they are in small letters. Rename one.`)
    else {
      names.set(written, name)
      taken.set(name, written)
    }
  }
  return names
}

/** The last file for each path, if there are not too many. */
function countedFiles(context: ServiceContext, files: readonly AppFile[]): AppFile[] {
  const last = [...new Map(files.map((file) => [file.path, file])).values()]
  if (last.length <= bounds.files) return last
  context.notes.error(context.service, `${last.length} files would travel with this service; at most ${bounds.files} can. Put them into an image.`)
  return []
}

function sayLimits(context: BuildContext, silent: readonly string[]): void {
  const about = get(context.project, 'services')
  if (silent.length === 0 || about === undefined) return
  const shown = silent.length > 6 ? [...silent.slice(0, 5), `${silent.length - 5} more`] : silent
  say(context, 'limits.none', about, { services: listed(shown), memory: formatSizeMiB(defaults.memoryMiB), cpus: `${defaults.cpuMilli / 1000}` })
}

/** The whole app against the rules it is sent by. What the readers let through is still named with its place. */
function finish(context: BuildContext, app: Pick<App, 'services' | 'egress' | 'isolation'>): App | null {
  const { services } = app
  const parsed = App.safeParse({ version: 1, ...app, volumes: context.volumes.all })
  if (parsed.success) return withinSize(context, parsed.data) ? parsed.data : null
  for (const issue of parsed.error.issues) {
    const service = services[Number(issue.path[1])]?.name
    const field = entriesOf(get(context.project, 'services')).find(([written]) => context.names.get(written) === service)?.[1]
    context.notes.error(field ?? context.project, `The app cannot be sent to a host: ${issue.path.slice(2).join('.')} ${issue.message}.`)
  }
  return null
}

function withinSize(context: BuildContext, app: App): boolean {
  const bytes = encode(app).byteLength
  if (bytes <= maxAppBytes) return true
  const about = get(context.project, 'services') ?? context.project
  context.notes.error(about, `The app comes to ${formatSize(bytes)} with its files and variables; ${formatSize(maxAppBytes)} can be sent. Put large files into an image, or let the app download them.`)
  return false
}
