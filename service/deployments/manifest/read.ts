/**
 * From the files of a project to an app, in order:
 *
 *     bytes ─ YAML ─ variables ─ official schema ─ include, extends ─ profiles ─ support table ─ app
 *
 * Each step says in the report what it does not understand; later ones still run where they can, so that one reading
 * shows all there is to change.
 */
import type { ManifestBundle, ManifestReport } from '../../../contract/nouns/deployment.ts'
import type { AppService } from '../../../contract/wire/v1/app.ts'
import { buildApp, buildContext } from './app/build.ts'
import { asName, type BuildContext } from './app/context.ts'
import { folderOf, ProjectFiles, resolvePath } from './files.ts'
import { Notes, type Place, quote } from './notes.ts'
import { readPlacement } from './placement.ts'
import { loadProject } from './project/project.ts'
import { newBudget, projectVariables, type Reading } from './project/reading.ts'
import { selectServices } from './project/select.ts'
import { judge } from './support/judge.ts'
import { entriesOf, get, textOf } from './tree.ts'
import type { Manifest, ManifestResult } from './types.ts'

/** Pure. Never throws: whatever the files are, there is a report. */
export function readManifest(bundle: ManifestBundle): ManifestResult {
  const reading: Reading = { files: new ProjectFiles(bundle), notes: new Notes(), budget: newBudget(), unset: new Set(), loaded: new Set(), misshapen: false }
  const entry = resolvePath('', bundle.entry)
  const lookup = projectVariables(reading, bundle, entry.kind === 'inside' ? folderOf(entry.path) : '')
  const project = loadProject(reading, bundle.entry, lookup)
  if (entry.kind === 'inside') warnOfOverrides(reading, entry.path)
  if (project === null) return result(reading, [], null)
  const selection = selectServices(project, lookup, reading.notes)
  judge(selection.project, reading.notes)
  if (reading.misshapen) return result(reading, [], null)
  const context = buildContext(selection.project, reading)
  const placement = readPlacement(context)
  const { services, app } = buildApp(context, selection.leftOut)
  const name = asName(textOf(get(context.project, 'name')) ?? '')
  return result(reading, services, app === null ? null : { name, app, imagePlaces: imagePlaces(context), placement }, placement.copies)
}

/** What docker compose merges by itself into a file that it has found by itself. */
const overrideNames = ['compose.override.yaml', 'compose.override.yml', 'docker-compose.override.yaml', 'docker-compose.override.yml'] as const

function warnOfOverrides({ files, loaded, notes }: Reading, entry: string): void {
  const folder = folderOf(entry)
  for (const name of overrideNames) {
    const file = folder === '' ? name : `${folder}/${name}`
    if (!files.has(file) || loaded.has(file)) continue
    notes.warn({ key: '', place: { file, line: 1 } }, `${quote(file)} lies beside ${quote(entry)} and is not merged into it, as docker compose would. Put what you need of it into ${quote(entry)}, or include it there.`)
  }
}

function imagePlaces({ project, names }: BuildContext): Map<string, Place> {
  return new Map(entriesOf(get(project, 'services')).map(([written, service]) => [names.get(written) ?? written, (get(service, 'image') ?? service).place]))
}

function result(reading: Reading, services: readonly AppService[], manifest: Manifest | null, copies = 1): ManifestResult {
  const report: ManifestReport = {
    ok: manifest !== null,
    services: services.map(({ name, image, ports, cpuMilli, memoryMiB, diskMiB }) => ({ name, image, ports, resources: { cpuMilli, memoryMiB, diskMiB } })),
    copies,
    resources: {
      cpuMilli: sum(services, 'cpuMilli'),
      memoryMiB: sum(services, 'memoryMiB'),
      diskMiB: sum(services, 'diskMiB'),
    },
    ...reading.notes.report(),
    missingFiles: reading.files.missing,
    optionalFiles: reading.files.optional,
  }
  return { report, manifest }
}

function sum(services: readonly AppService[], key: 'cpuMilli' | 'memoryMiB' | 'diskMiB'): number {
  return services.reduce((total, service) => total + service[key], 0)
}
