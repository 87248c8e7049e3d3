import type { Surroundings } from './discovery.ts'

/**
 * How this machine gets an engine: one command to paste, or one page to open. On Linux a desktop user gets rootless
 * Podman, which needs no group that amounts to root; root gets Docker.
 */
export async function installHint(here: Surroundings, user: { isRoot: boolean }): Promise<string> {
  switch (here.platform) {
    case 'darwin': return 'https://docs.docker.com/desktop/setup/install/mac-install/'
    case 'win32': return 'https://docs.docker.com/desktop/setup/install/windows-install/'
    case 'linux': return linuxHint(await distributions(here), user)
    default: return 'https://docs.docker.com/engine/install/'
  }
}

const packageCommands: readonly { family: readonly string[], docker: string, podman: string }[] = [
  { family: ['debian', 'ubuntu'], docker: 'apt-get install -y docker.io', podman: 'sudo apt-get install -y podman' },
  { family: ['fedora', 'rhel', 'centos'], docker: 'dnf install -y moby-engine && systemctl enable --now docker', podman: 'sudo dnf install -y podman' },
  { family: ['arch'], docker: 'pacman -S --needed docker && systemctl enable --now docker', podman: 'sudo pacman -S --needed podman' },
]

function linuxHint(names: readonly string[], { isRoot }: { isRoot: boolean }): string {
  const commands = packageCommands.find(({ family }) => family.some((name) => names.includes(name)))
  if (commands === undefined) return 'https://docs.docker.com/engine/install/'
  return isRoot ? commands.docker : `${commands.podman} && systemctl --user enable --now podman.socket`
}

/** ID, then those it is like, as os-release(5) has them. */
async function distributions(here: Surroundings): Promise<string[]> {
  const text = await here.readFile('/etc/os-release') ?? ''
  const field = (name: string): string[] => new RegExp(`^${name}="?([^"\n]*)"?$`, 'm').exec(text)?.[1]?.split(' ') ?? []
  return [...field('ID'), ...field('ID_LIKE')]
}
