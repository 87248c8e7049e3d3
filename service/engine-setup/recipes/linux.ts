/**
 * Linux: the distribution's own packages, which its makers sign and keep up to date. A person at a desktop gets rootless
 * Podman, which needs no group that amounts to root, where it is new enough; root, and everybody else, gets Docker.
 */
import type { Command, Condition, Recipe, StepRecipe } from './types.ts'

interface Manager {
  id: string
  /** `Debian's own packages`. */
  source: string
  when: Condition
  /** Before anything else: what an installation that was cut off left behind. */
  repair?: { run: Command, check: Command }
  refresh: Command | null
  install: Command
  isInstalled: (name: string) => Command
  inventory: Command
  /** Removes exactly these; refuses when something else needs one of them by now. */
  remove: Command
  packages: { docker: PackageSet | null, podman: PackageSet | null }
  advice: string
}

interface PackageSet {
  /** The first is the one whose presence tells. */
  names: readonly [string, ...string[]]
  downloadMiB: number
  diskMiB: number
  /** Older ones are not up to it. */
  minVersion?: string
}

const minutes = 60_000
const aptInstall = ['env', 'DEBIAN_FRONTEND=noninteractive', 'NEEDRESTART_MODE=l', 'apt-get', '-o', 'DPkg::Lock::Timeout=300', 'install', '--yes'] as const

const apt = {
  repair: {
    // what was left running goes first; then what only lacks its set-up, then what is half there
    run: ['sh', '-c', [
      'n=0; while [ $n -lt 150 ] && grep -qsxE "dpkg|apt-get" /proc/[0-9]*/comm; do n=$((n+1)); sleep 2; done',
      'export DEBIAN_FRONTEND=noninteractive; dpkg --configure -a; apt-get --fix-broken --yes install',
    ].join('; ')],
    check: ['sh', '-c', 'test -z "$(dpkg --audit)" && test -z "$(ls /var/lib/dpkg/updates)"'],
  },
  refresh: ['apt-get', '-o', 'DPkg::Lock::Timeout=300', 'update'],
  isInstalled: (name) => ['sh', '-c', `test "$(dpkg-query --show --showformat='\${db:Status-Status}' ${name})" = installed`],
  inventory: ['sh', '-c', 'dpkg-query --show --showformat=\'${db:Status-Status} ${Package}\\n\' | grep -Ev \'^(config-files|not-installed) \' | cut -d \' \' -f 2'],
  // also those that were cut off half-way
  remove: ['dpkg', '--purge', '--force-remove-reinstreq', '{added}'],
  advice: 'Look whether the package lists can be fetched: sudo apt-get update',
} satisfies Partial<Manager>

const managers: readonly Manager[] = [
  {
    ...apt, id: 'ubuntu', source: 'Ubuntu’s own packages', when: { family: ['ubuntu'], minVersion: '20.04' },
    install: [...aptInstall, '--no-install-recommends'],
    packages: {
      docker: { names: ['docker.io', 'ca-certificates', 'iptables', 'acl'], downloadMiB: 80, diskMiB: 320 },
      podman: { names: ['podman', 'netavark', 'catatonit', 'uidmap', 'slirp4netns', 'fuse-overlayfs', 'dbus-user-session', 'ca-certificates', 'iptables'], downloadMiB: 45, diskMiB: 180, minVersion: '24.04' },
    },
  },
  {
    ...apt, id: 'debian', source: 'Debian’s own packages', when: { family: ['debian'], notFamily: ['ubuntu'], minVersion: '11' },
    install: [...aptInstall, '--no-install-recommends'],
    packages: {
      docker: { names: ['docker.io', 'ca-certificates', 'iptables', 'acl'], downloadMiB: 70, diskMiB: 310 },
      podman: { names: ['podman', 'netavark', 'catatonit', 'uidmap', 'slirp4netns', 'fuse-overlayfs', 'dbus-user-session', 'ca-certificates', 'iptables'], downloadMiB: 40, diskMiB: 160, minVersion: '12' },
    },
  },
  {
    id: 'rhel', source: 'your system’s own packages', when: { family: ['rhel', 'centos'], minVersion: '8' },
    ...rpmWith(['dnf', 'install', '--assumeyes']),
    packages: { docker: null, podman: { names: ['podman', 'slirp4netns'], downloadMiB: 60, diskMiB: 220 } },
    advice: 'Look whether packages can be fetched: sudo dnf check-update',
  },
  {
    id: 'fedora', source: 'Fedora’s own packages', when: { family: ['fedora'], notFamily: ['rhel', 'centos'], minVersion: '39' },
    ...rpmWith(['dnf', 'install', '--assumeyes']),
    packages: {
      docker: { names: ['moby-engine', 'iptables', 'acl'], downloadMiB: 90, diskMiB: 380 },
      podman: { names: ['podman', 'slirp4netns'], downloadMiB: 60, diskMiB: 220 },
    },
    advice: 'Look whether packages can be fetched: sudo dnf check-update',
  },
  {
    id: 'opensuse', source: 'openSUSE’s own packages', when: { family: ['opensuse', 'suse'], minVersion: '15.4' },
    ...rpmWith(['zypper', '--non-interactive', 'install', '--no-recommends']),
    packages: {
      docker: { names: ['docker', 'iptables', 'acl'], downloadMiB: 90, diskMiB: 400 },
      podman: { names: ['podman', 'slirp4netns', 'fuse-overlayfs'], downloadMiB: 60, diskMiB: 230 },
    },
    advice: 'Look whether packages can be fetched: sudo zypper refresh',
  },
  {
    id: 'arch', source: 'Arch’s own packages', when: { family: ['arch'] },
    refresh: null,
    // no refresh of the lists alone: new packages on an old system is what Arch asks never to do
    install: ['pacman', '--sync', '--needed', '--noconfirm'],
    isInstalled: (name) => ['pacman', '--query', name],
    inventory: ['pacman', '--query', '--quiet'],
    remove: ['pacman', '--remove', '--nosave', '--noconfirm', '{added}'],
    packages: {
      docker: { names: ['docker', 'iptables', 'acl'], downloadMiB: 75, diskMiB: 330 },
      podman: { names: ['podman', 'crun', 'slirp4netns', 'fuse-overlayfs'], downloadMiB: 45, diskMiB: 190 },
    },
    advice: 'Bring your system up to date first: sudo pacman -Syu',
  },
]

function rpmWith(install: Command): Pick<Manager, 'refresh' | 'install' | 'isInstalled' | 'inventory' | 'remove'> {
  return {
    refresh: null, // both fetch their lists when they are old
    install,
    isInstalled: (name) => ['rpm', '--query', name],
    inventory: ['rpm', '--query', '--all', '--queryformat', '%{NAME}\\n'],
    remove: ['rpm', '--erase', '{added}'],
  }
}

/** Until the engine answers. */
export const waitForEngine: StepRecipe = {
  id: 'wait', title: 'Wait until the engine answers.', admin: 'no', run: null, check: 'engine', undo: null, deadlineMs: 90_000,
}

function packageSteps(manager: Manager, engineName: string, set: PackageSet): StepRecipe[] {
  const { repair, refresh, install, isInstalled, inventory, remove, source } = manager
  const isThere = isInstalled(set.names[0])
  return [
    ...refresh === null ? [] : [{
      id: 'refresh', title: 'Fetch the list of packages.', admin: 'asks' as const, run: refresh, check: isThere, prepares: true as const, undo: null, downloadMiB: 10, deadlineMs: 10 * minutes,
    }],
    ...repair === undefined ? [] : [{
      id: 'repair', title: 'Finish what an installation that was cut off has left.', admin: 'asks' as const, run: repair.run, check: repair.check, prepares: true as const, undo: null, deadlineMs: 30 * minutes,
    }],
    {
      id: 'install', title: `Install ${engineName} from ${source}.`, admin: 'asks', run: [...install, ...set.names], check: isThere,
      inventory, undo: remove, downloadMiB: set.downloadMiB, deadlineMs: 60 * minutes,
    },
  ]
}

export const startDockerd: StepRecipe = {
  id: 'dockerd', title: 'Start the engine directly: this system has nothing that starts services.', admin: 'asks', detached: true,
  run: ['dockerd'], check: ['sh', '-c', 'test -S /run/docker.sock && test -d "/proc/$(cat /run/docker.pid)/fd"'], undo: ['sh', '-c', 'test ! -e /run/docker.pid || kill "$(cat /run/docker.pid)"'], deadlineMs: 90_000,
  when: { init: 'none' },
}

/** Ends it, though it may not hear any more. */
export const stopDockerd: StepRecipe = {
  id: 'stop', title: 'Stop the engine.', admin: 'asks', prepares: true, check: 'engine', undo: null, deadlineMs: minutes,
  run: ['sh', '-c', 'p=$(cat /run/docker.pid) || exit 0; kill "$p"; n=0; while test -d "/proc/$p" && test $n -lt 15; do n=$((n+1)); sleep 1; done; kill -KILL "$p" 2>/dev/null; rm -f /run/docker.pid'],
}

/** A new group counts from the next login on; until then its second step lets the account in. */
export const accessToDocker: readonly StepRecipe[] = [
  {
    id: 'group', title: 'Let your account use the engine.', admin: 'asks', run: ['usermod', '--append', '--groups', 'docker', '{user}'],
    check: ['sh', '-c', 'id -nG "$1" | grep -qw docker', 'sh', '{user}'], undo: ['gpasswd', '--delete', '{user}', 'docker'], deadlineMs: minutes, when: { isRoot: false },
  },
  {
    id: 'access', title: 'Let your account use it before you log in again, too.', admin: 'asks', run: ['setfacl', '--modify', 'user:{user}:rw', '/run/docker.sock'],
    check: ['test', '-w', '/run/docker.sock'], undo: ['sh', '-c', 'test ! -S /run/docker.sock || setfacl --remove "user:$1" /run/docker.sock', 'sh', '{user}'],
    deadlineMs: minutes, when: { isRoot: false, program: 'setfacl' },
  },
]

function dockerSteps(manager: Manager, set: PackageSet): StepRecipe[] {
  return [
    ...packageSteps(manager, 'Docker', set),
    {
      id: 'service', title: 'Start the engine, now and with the computer.', admin: 'asks', run: ['systemctl', 'enable', '--now', 'docker.service'],
      check: ['sh', '-c', 'systemctl is-enabled --quiet docker.service && systemctl is-active --quiet docker.service'],
      undo: ['systemctl', 'disable', '--now', 'docker.service', 'docker.socket'], deadlineMs: 2 * minutes, when: { init: 'systemd' },
    },
    startDockerd,
    // it comes with the packages
    ...accessToDocker.map((step) => ({ ...step, when: { isRoot: false } })),
    waitForEngine,
  ]
}

const lingerFile = '/var/lib/systemd/linger/{user}'
const delegateFile = '/etc/systemd/system/user@.service.d/depin-delegate.conf'

/** Ranges far from those that systems give out by themselves. */
const subordinateIds = '524288-589823'

function podmanSteps(manager: Manager, set: PackageSet): StepRecipe[] {
  return [
    ...packageSteps(manager, 'Podman', set),
    {
      id: 'subids', title: 'Set user numbers aside for guest apps, so that none of them is you.', admin: 'asks',
      run: ['usermod', '--add-subuids', subordinateIds, '--add-subgids', subordinateIds, '{user}'],
      check: ['grep', '-q', '^{user}:', '/etc/subuid', '/etc/subgid'],
      undo: ['usermod', '--del-subuids', subordinateIds, '--del-subgids', subordinateIds, '{user}'], deadlineMs: minutes,
    },
    {
      id: 'delegate', title: 'Let the engine limit how much of the processor guest apps use.', admin: 'asks',
      run: ['sh', '-c', `mkdir -p "\${1%/*}" && printf '[Service]\\nDelegate=cpu cpuset io memory pids\\n' > "$1" && systemctl daemon-reload`, 'sh', delegateFile],
      check: ['grep', '-qw', 'cpu', '/sys/fs/cgroup/user.slice/user-{uid}.slice/user@{uid}.service/cgroup.controllers'],
      undo: ['sh', '-c', 'rm -f "$1" && systemctl daemon-reload', 'sh', delegateFile], deadlineMs: minutes, needsRestart: true,
    },
    {
      id: 'linger', title: 'Keep the engine running while you are logged out.', admin: 'asks', run: ['loginctl', 'enable-linger', '{user}'],
      check: ['test', '-e', lingerFile], undo: ['loginctl', 'disable-linger', '{user}'], deadlineMs: minutes,
    },
    {
      id: 'socket', title: 'Start the engine, now and with the computer.', admin: 'no', run: ['systemctl', '--user', 'enable', '--now', 'podman.socket'],
      check: ['sh', '-c', 'systemctl --user is-enabled --quiet podman.socket && systemctl --user is-active --quiet podman.socket'],
      undo: ['systemctl', '--user', 'disable', '--now', 'podman.socket', 'podman.service'], deadlineMs: 2 * minutes,
    },
    waitForEngine,
  ]
}

function rootPodmanSteps(manager: Manager, set: PackageSet): StepRecipe[] {
  return [
    ...packageSteps(manager, 'Podman', set),
    {
      id: 'socket', title: 'Start the engine, now and with the computer.', admin: 'asks', run: ['systemctl', 'enable', '--now', 'podman.socket'],
      check: ['sh', '-c', 'systemctl is-enabled --quiet podman.socket && systemctl is-active --quiet podman.socket'],
      undo: ['systemctl', 'disable', '--now', 'podman.socket', 'podman.service'], deadlineMs: 2 * minutes,
    },
    waitForEngine,
  ]
}

function recipesOf(manager: Manager): Recipe[] {
  const { id, source, advice, packages: { docker, podman } } = manager
  const shared = { source, advice, terms: null, memoryMiB: 900 }
  const when: Condition = { platform: 'linux', ...manager.when }
  const ofDocker = docker === null ? [] : [{
    ...shared, id: `${id}-docker`, product: 'docker' as const, engineName: 'Docker', when, steps: dockerSteps(manager, docker), diskMiB: docker.diskMiB,
    leaves: 'What guest apps and images left on the disk stays in /var/lib/docker.',
  }]
  const ofPodman = podman === null ? [] : [{
    ...shared, id: `${id}-podman`, product: 'podman' as const, engineName: 'Podman', diskMiB: podman.diskMiB, steps: podmanSteps(manager, podman),
    when: { ...when, isRoot: false, userSession: true, ...podman.minVersion !== undefined && { minVersion: podman.minVersion } },
    leaves: 'What guest apps and images left on the disk stays in ~/.local/share/containers.',
  }]
  const ofRootPodman = docker !== null || podman === null ? [] : [{
    ...shared, id: `${id}-podman-root`, product: 'podman' as const, engineName: 'Podman', diskMiB: podman.diskMiB, steps: rootPodmanSteps(manager, podman),
    when: { ...when, isRoot: true, init: 'systemd' as const }, leaves: 'What guest apps and images left on the disk stays in /var/lib/containers.',
  }]
  return [...ofPodman, ...ofDocker, ...ofRootPodman]
}

export const linuxRecipes: readonly Recipe[] = managers.flatMap(recipesOf)
