import { describe, expect, it } from 'vitest'
import type { FoundEngine, SetupPlan } from '../../../contract/nouns/engine-setup.ts'
import { SetupPlan as SetupPlanSchema } from '../../../contract/nouns/engine-setup.ts'
import { examples } from '../machine/examples/examples.ts'
import { factsFrom } from '../machine/facts.ts'
import { asShell, undoOf, type Step } from './fill.ts'
import { isAtLeast } from './match.ts'
import { decide, recipes } from './plan.ts'

const factsOf = (name: string) => factsFrom(examples.find((example) => example.name === name)!.recorded)
const folders = { downloads: '/tmp' }
const planFor = (name: string, found: readonly FoundEngine[] = []): SetupPlan => decide({ facts: factsOf(name), found, folders, begun: null }).plan

const engine = (change: Partial<FoundEngine>): FoundEngine => ({
  product: 'docker', name: 'Docker', place: null, foundBy: 'dockerd', state: 'stopped', version: null, message: 'It does not run.', canStart: true, ...change,
})

describe('what getting an engine would do', () => {
  it.each(examples.map(({ name }) => name))('on %s', (name) => {
    const plan = planFor(name)
    expect(SetupPlanSchema.parse(plan)).toEqual(plan)
    expect(JSON.stringify(plan)).not.toMatch(/\{(user|uid|arch|downloads|vm)/)
    expect(shown(plan)).toMatchSnapshot()
  })

  it('is told before any prompt, in one plain sentence', () => {
    const sentence = 'Next, your system will ask for permission. It’s needed once, to install the engine.'
    expect((planFor('ubuntu') as { sentences: string[] }).sentences).toContain(sentence)
    expect((planFor('debian') as { sentences: string[] }).sentences).not.toContain(sentence)
    expect([planFor('ubuntu'), planFor('debian')]).toMatchObject([{ prompt: 'once' }, { prompt: 'none' }])
  })

  it('is named by what would be run', () => {
    const [debian, server] = [planFor('debian'), planFor('ubuntu-server')] as Extract<SetupPlan, { kind: 'install' }>[]
    expect(debian!.planId).not.toBe(server!.planId)
    expect(planFor('debian')).toEqual(debian)
  })

  it('is nothing where an engine runs', () => {
    expect(planFor('debian', [engine({ state: 'running' })])).toMatchObject({ kind: 'ready' })
  })

  it.each([
    ['debian', 'docker', 'systemctl start docker.service'],
    ['debian-plain', 'docker', 'dockerd &'],
    ['ubuntu', 'podman', 'systemctl --user start podman.socket'],
    ['macos', 'docker-desktop', 'open --background -a Docker'],
    ['macos', 'orbstack', 'open --background -a OrbStack'],
    ['macos', 'rancher-desktop', 'open --background -a \'Rancher Desktop\''],
    ['windows', 'podman', 'podman machine start'],
  ] as const)('on %s with %s stopped is a start', (name, product, command) => {
    expect(planFor(name, [engine({ product })])).toMatchObject({ kind: 'start', steps: [{ command }, { id: 'wait' }] })
  })

  it.each([
    ['debian', 'docker', ['systemctl restart docker.service']],
    ['ubuntu', 'podman', ['systemctl --user restart podman.socket podman.service']],
    ['macos', 'podman', ['podman machine stop', 'podman machine start']],
  ] as const)('on %s with %s hung is a restart', (name, product, commands) => {
    const plan = planFor(name, [engine({ product, state: 'hung' })])
    expect(plan).toMatchObject({ kind: 'restart', steps: [...commands.map((command) => ({ command })), { id: 'wait' }] })
    expect((plan as { sentences: string[] }).sentences[0]).toContain('What runs in it stops')
  })

  it('on a system that starts no services ends what hangs before it starts it', () => {
    expect(planFor('debian-plain', [engine({ state: 'hung' })])).toMatchObject({ kind: 'restart', steps: [{ id: 'stop' }, { id: 'dockerd' }, { id: 'wait' }] })
  })

  it('on macOS and Windows with Docker Desktop hung is its own restart, where its command is there', () => {
    for (const name of ['macos', 'windows']) {
      const facts = factsOf(name)
      const found = [engine({ product: 'docker-desktop', state: 'hung' })]
      expect(decide({ facts: { ...facts, programs: new Set([...facts.programs, 'docker']) }, found, folders, begun: null }).plan).toMatchObject({ kind: 'restart', steps: [{ command: 'docker desktop restart' }, { id: 'wait' }] })
      expect(decide({ facts: { ...facts, programs: new Set() }, found, folders, begun: null }).plan).toMatchObject({ kind: 'blocked', reason: 'hung-engine' })
    }
  })

  it('where an account may not use Docker is its group, with what that means, and not another engine', () => {
    const forbidden = engine({ state: 'forbidden', place: 'unix:///var/run/docker.sock', message: 'It may not.' })
    const facts = factsOf('ubuntu')
    const { plan } = decide({ facts: { ...facts, programs: new Set([...facts.programs, 'setfacl']) }, found: [forbidden], folders, begun: null })
    expect(plan).toMatchObject({ kind: 'allow', steps: [{ command: 'usermod --append --groups docker amina', undo: 'gpasswd --delete amina docker' }, { id: 'access' }, { id: 'wait' }] })
    expect((plan as { sentences: string[] }).sentences).toEqual([expect.stringContaining('can do anything on this computer'), 'Next, your system will ask for permission. It’s needed once, to let your account use the engine.'])
    expect(planFor('ubuntu', [forbidden])).toMatchObject({ kind: 'allow', steps: [{ id: 'group' }, { id: 'wait' }] })
    // nobody can be asked; accounts come from a configuration; or nobody knows how
    expect(decide({ facts: { ...facts, consent: null }, found: [forbidden], folders, begun: null }).plan).toMatchObject({ kind: 'blocked', reason: 'no-consent', next: expect.stringContaining('usermod --append --groups docker amina') as string })
    expect(decide({ facts: { ...facts, traits: ['declared'] }, found: [forbidden], folders, begun: null }).plan).toMatchObject({ kind: 'blocked', reason: 'declared-system' })
    expect(planFor('ubuntu', [{ ...forbidden, place: 'unix:///srv/its.sock' }])).toMatchObject({ kind: 'blocked', reason: 'forbidden-engine' })
    expect(planFor('macos', [forbidden])).toMatchObject({ kind: 'blocked', reason: 'forbidden-engine' })
  })

  it('beside an engine that is unsafe would not help', () => {
    expect(planFor('windows', [engine({ state: 'unsafe' })])).toMatchObject({ kind: 'blocked', reason: 'unsafe-engine' })
  })

  it('goes on with what was begun, though the engine is there by now', () => {
    const plan = decide({ facts: factsOf('debian'), found: [engine({})], folders, begun: { recipe: 'debian-docker', done: ['repair', 'refresh', 'install'] } }).plan
    expect(plan).toMatchObject({ kind: 'install', recipe: 'debian-docker', done: ['repair', 'refresh', 'install'], downloadMiB: 0 })
  })
})

/** What `--dry-run` tells. */
function shown(plan: SetupPlan): string {
  if (plan.kind === 'blocked') return [`blocked: ${plan.reason}`, plan.message, plan.next ?? 'nothing to be done'].join('\n')
  if (plan.kind === 'ready') return 'ready'
  return [...plan.steps.map(({ title, admin, command, undo }) => `${title} [${admin}]\n  ${command}\n  undo: ${undo ?? '-'}`), ...plan.sentences].join('\n')
}

describe('the recipes', () => {
  it('have a name each, and steps with a name each', () => {
    expect(new Set(recipes.map(({ id }) => id)).size).toBe(recipes.length)
    for (const { steps } of recipes) expect(new Set(steps.map(({ id }) => id)).size).toBe(steps.length)
  })

  it('end with an engine that answers', () => {
    for (const { steps } of recipes) expect(steps.at(-1)?.check).toBe('engine')
  })

  it('have an inventory wherever something is removed by name', () => {
    for (const step of recipes.flatMap(({ steps }) => steps)) expect(step.undo?.includes('{added}') ?? false).toBe(step.inventory !== undefined)
  })
})

describe('what takes a step back', () => {
  const step = { undo: ['dpkg', '--purge', '{added}'] } as unknown as Step
  it('names what was added, and nothing that is no name', () => {
    expect(undoOf(step, ['runc', 'python3.11', 'libc6:i386', '--force-all', '/etc', 'a b', '$(x)'])).toEqual(['dpkg', '--purge', 'runc', 'python3.11', 'libc6:i386'])
  })

  it('is nothing where nothing was added', () => {
    expect(undoOf(step, [])).toBeNull()
    expect(undoOf(step, null)).toBeNull()
  })
})

describe('commands to read and paste', () => {
  it('are quoted where a shell would cut them', () => {
    expect(asShell(['sh', '-c', 'echo "it\'s"', 'a b', 'x=1'])).toBe('sh -c \'echo "it\'\\\'\'s"\' \'a b\' x=1')
  })
})

describe('versions of systems', () => {
  it.each([['12', '11', true], ['22.04', '24.04', false], ['', '12', true], ['15.10', '15.4', true], ['20240823', '15.4', true]])('%s, at least %s: %s', (version, least, expected) => {
    expect(isAtLeast(version, least)).toBe(expected)
  })
})
