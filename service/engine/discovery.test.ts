import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { type Candidate, engineCandidates, type Surroundings } from './discovery.ts'
import { formatEndpoint } from './endpoint.ts'
import { installHint } from './install.ts'

interface Machine { platform?: NodeJS.Platform, env?: Record<string, string>, files?: Record<string, string>, commands?: Record<string, string> }

function surroundings({ platform = 'linux', env = {}, files = {}, commands = {} }: Machine): Surroundings {
  return {
    platform, env, user: 'u', homeDir: platform === 'win32' ? 'C:\\Users\\u' : '/home/u',
    readFile: (path) => Promise.resolve(files[path] ?? null),
    hasPath: () => Promise.resolve(false), hasProgram: () => Promise.resolve(false),
    run: (command, args) => Promise.resolve(commands[[command, ...args].join(' ')] ?? null),
  }
}

async function lookFrom(machine: Machine): Promise<string[]> {
  const show = (candidate: Candidate): string => 'endpoint' in candidate ? formatEndpoint(candidate.endpoint) : `${candidate.from}: ${candidate.refused}`
  return (await engineCandidates(surroundings(machine), new AbortController().signal)).map(show)
}

const usualOnLinux = [
  'unix:///var/run/docker.sock', 'unix:///run/podman/podman.sock',
  'unix:///home/u/.docker/run/docker.sock', 'unix:///home/u/.docker/desktop/docker.sock', 'unix:///home/u/.colima/default/docker.sock',
  'unix:///home/u/.config/colima/default/docker.sock', 'unix:///home/u/.orbstack/run/docker.sock', 'unix:///home/u/.rd/docker.sock',
]
const metaPath = (name: string, dir = '/home/u/.docker'): string => `${dir}/contexts/meta/${createHash('sha256').update(name).digest('hex')}/meta.json`
const meta = (host: string): string => JSON.stringify({ Name: 'x', Endpoints: { docker: { Host: host } } })
const elsewhere = 'is an engine on another machine; only an engine on this one can be shared'

describe('where an engine is looked for', () => {
  it.each<[string, Machine, string[]]>([
    ['a plain Linux', {}, usualOnLinux],
    ['a Linux session', { env: { XDG_RUNTIME_DIR: '/run/user/7' } }, [
      'unix:///var/run/docker.sock', 'unix:///run/user/7/docker.sock', 'unix:///run/user/7/podman/podman.sock', ...usualOnLinux.slice(1),
    ]],
    ['DOCKER_HOST first, and once', { env: { DOCKER_HOST: 'unix:///home/u/.rd/docker.sock' } }, ['unix:///home/u/.rd/docker.sock', ...usualOnLinux.slice(0, -1)]],
    ['DOCKER_HOST over loopback TCP', { env: { DOCKER_HOST: 'tcp://localhost:2375' } }, ['tcp://localhost:2375', ...usualOnLinux]],
    ['DOCKER_HOST on another machine', { env: { DOCKER_HOST: 'tcp://10.0.0.5:2375' } }, [`DOCKER_HOST (tcp://10.0.0.5:2375): ${elsewhere}`, ...usualOnLinux]],
    ['DOCKER_HOST over ssh', { env: { DOCKER_HOST: 'ssh://u@h' } }, [`DOCKER_HOST (ssh://u@h): ${elsewhere}`, ...usualOnLinux]],
    ['the current docker context', {
      files: { '/home/u/.docker/config.json': '{"currentContext":"colima"}', [metaPath('colima')]: meta('unix:///home/u/.colima/default/docker.sock') },
    }, ['unix:///home/u/.colima/default/docker.sock', ...usualOnLinux.filter((path) => !path.includes('/.colima'))]],
    ['contexts that engines make for themselves', { files: { [metaPath('orbstack')]: meta('unix:///srv/orb.sock'), [metaPath('mine')]: meta('unix:///srv/mine.sock') } }, [...usualOnLinux, 'unix:///srv/orb.sock']],
    ['DOCKER_CONTEXT and DOCKER_CONFIG before the configuration', {
      env: { DOCKER_CONTEXT: 'two', DOCKER_CONFIG: '/etc/d' },
      files: { '/etc/d/config.json': '{"currentContext":"one"}', [metaPath('two', '/etc/d')]: meta('unix:///two.sock') },
    }, ['unix:///two.sock', ...usualOnLinux]],
    ['a context that is gone', { env: { DOCKER_CONTEXT: 'lost' } }, ['docker context lost: names no engine', ...usualOnLinux]],
    ['the default context', { files: { '/home/u/.docker/config.json': '{"currentContext":"default"}' } }, usualOnLinux],
    ['a configuration that is not JSON', { files: { '/home/u/.docker/config.json': '{{' } }, usualOnLinux],
    ['a Mac with a Podman machine', {
      platform: 'darwin', commands: { 'podman machine inspect --format {{.ConnectionInfo.PodmanSocket.Path}}': '/var/folders/x/podman.sock\n' },
    }, [...usualOnLinux.filter((path) => !/run.podman|docker.desktop/.test(path)), 'unix:///var/folders/x/podman.sock']],
    ['Windows', {
      platform: 'win32', commands: { 'podman machine inspect --format {{.ConnectionInfo.PodmanPipe.Path}}': '\\\\.\\pipe\\podman-work\r\n' },
    }, ['npipe:////./pipe/docker_engine', 'npipe:////./pipe/dockerDesktopLinuxEngine', 'npipe:////./pipe/podman-machine-default', 'npipe:////./pipe/podman-work']],
  ])('%s', async (_, machine, expected) => {
    expect(await lookFrom(machine)).toEqual(expected)
  })
})

describe('how a machine gets an engine', () => {
  it.each<[string, Machine, boolean, string]>([
    ['Debian as root', { files: { '/etc/os-release': 'NAME="Debian"\nID=debian\n' } }, true, 'apt-get install -y docker.io'],
    ['Ubuntu as a user', { files: { '/etc/os-release': 'ID=ubuntu\nID_LIKE=debian\n' } }, false, 'sudo apt-get install -y podman && systemctl --user enable --now podman.socket'],
    ['Mint, which is like Ubuntu', { files: { '/etc/os-release': 'ID=linuxmint\nID_LIKE="ubuntu debian"\n' } }, true, 'apt-get install -y docker.io'],
    ['Fedora', { files: { '/etc/os-release': 'ID=fedora\n' } }, false, 'sudo dnf install -y podman && systemctl --user enable --now podman.socket'],
    ['Arch', { files: { '/etc/os-release': 'ID=arch\n' } }, false, 'sudo pacman -S --needed podman && systemctl --user enable --now podman.socket'],
    ['an unknown Linux', {}, false, 'https://docs.docker.com/engine/install/'],
    ['a Mac', { platform: 'darwin' }, false, 'https://docs.docker.com/desktop/setup/install/mac-install/'],
    ['Windows', { platform: 'win32' }, false, 'https://docs.docker.com/desktop/setup/install/windows-install/'],
  ])('%s', async (_, machine, isRoot, expected) => {
    expect(await installHint(surroundings(machine), { isRoot })).toBe(expected)
  })
})
