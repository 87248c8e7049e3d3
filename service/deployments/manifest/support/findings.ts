/**
 * The part of the support table that takes more than one value to judge: a reader finds it, and raises it by name.
 * `{…}` is filled in by the reader.
 */
import type { SupportCase } from './types.ts'

export interface Finding extends SupportCase {
  path: string
}

const bind = 'services.*.volumes'

export const findings = {
  'build.only': {
    path: 'services.*.build', values: 'without `image`', verdict: 'refused',
    reason: 'A host runs images from a registry; it does not build them.',
    instead: 'Build the image yourself, push it to a registry, and name it with `image:`.',
  },
  'build.beside-image': {
    path: 'services.*.build', values: 'beside `image`', verdict: 'ignored',
    reason: 'The host fetches {image} from its registry instead of building it.',
    instead: 'If that image is only on your computer, push it first.',
  },
  'profile.inactive': {
    path: 'services.*.profiles', values: 'none of them active', verdict: 'ignored',
    reason: 'This service is left out: it belongs to {profiles}.',
    instead: 'Set COMPOSE_PROFILES to include it.',
  },
  'replicas.none': {
    path: 'services.*.deploy.replicas', values: '`0`', verdict: 'ignored',
    reason: 'This service is left out: it asks for no copies of itself.',
  },
  'replicas.differ': {
    path: 'services.*.deploy.replicas', values: 'not the same for all services', verdict: 'supported', tell: true,
    reason: 'The whole app is copied, so every service runs {copies} times, those that keep data too.',
    instead: 'Say how many copies you want with `copies:` under `x-depin`.',
  },
  'command.cut': {
    path: 'services.*.command', values: 'a text with `&`, `|`, `;`, `<` or `>` outside quotes', verdict: 'supported', tell: true,
    reason: 'No shell reads this command. As in Docker it ends before {sign}.',
    instead: 'Write `sh -c "…"` around the whole to have a shell read it.',
  },
  'environment.unset': {
    path: 'services.*.environment', values: 'a name without a value that is not set anywhere', verdict: 'ignored',
    reason: 'The variable {name} has no value here, and none in your environment or .env.',
    instead: 'Give it one if the app needs it.',
  },
  'healthcheck.timing-only': {
    path: 'services.*.healthcheck', values: 'without `test`', verdict: 'ignored',
    reason: 'It has times and no test, so the image’s own check stays as it is.',
    instead: 'Write the test too.',
  },
  'limits.none': {
    path: 'services.*.mem_limit', values: 'nothing said', verdict: 'supported', tell: true,
    reason: 'No limits are given for {services}, so {memory} of memory and {cpus} of a core are reserved for each. A program that needs more memory is ended.',
    instead: 'Set `mem_limit` and `cpus`.',
  },
  'ports.published': {
    path: 'services.*.ports', values: 'a port of your computer', verdict: 'supported', tell: true,
    reason: 'Nothing is opened on the host.',
    instead: 'Reach the app from your computer with `depin forward NAME {service}:{port}`.',
  },
  'ports.not-tcp': {
    path: 'services.*.ports', values: '`/udp`, `/sctp`', verdict: 'ignored',
    reason: 'Port {port} cannot be reached from outside: only TCP is forwarded. The other services of the app still reach it.',
  },
  'networks.several': {
    path: 'networks', values: 'more than one', verdict: 'supported', tell: true,
    reason: 'All services of the app are on one private network, also those that the file keeps apart.',
  },
  'bind.file': {
    path: bind, values: 'a file of the project folder (`./app.conf:/etc/app.conf`)', verdict: 'supported', tell: true,
    reason: '{source} travels with your app as it is now. The app can read it and not change it; later changes need a new deployment.',
  },
  'bind.folder-read-only': {
    path: bind, values: 'a folder of the project, read-only (`./conf.d:/etc/conf.d:ro`)', verdict: 'supported', tell: true,
    reason: 'The files in {source} travel with your app as they are now.',
  },
  'bind.folder': {
    path: bind, values: 'a folder that the app may write to (`./data:/data`, `/srv/data:/data`)', verdict: 'supported', tell: true,
    reason: 'The app gets a volume of its own at {target} that begins {begins} and lives as long as the copy of your app. Nothing comes back into {source}.',
  },
  'bind.missing': {
    path: bind, values: 'a file, or a read-only folder, that is not there or has no files', verdict: 'refused',
    reason: 'The app would miss {source}: nothing was found there in the project folder.',
    instead: 'Create it, or remove the line. If it is a folder the app only writes to, use a named volume, as `data:{target}`.',
  },
  'bind.left-behind': {
    path: bind, values: 'a file, or a read-only folder, that is too large or cannot be read', verdict: 'refused',
    reason: '{why} The app would miss it.',
    instead: 'Put it into the image, let the app download it, or remove the line.',
  },
  'bind.outside': {
    path: bind, values: 'a file, or a read-only folder, outside the project folder', verdict: 'refused',
    reason: 'The app would miss {source}: only files of the project folder travel with it.',
    instead: 'Copy it into the folder of the compose file and name it with ./ here, or remove the line.',
  },
  'bind.engine': {
    path: bind, values: 'the engine’s socket (`/var/run/docker.sock`)', verdict: 'refused',
    reason: 'It would let the app control the engine of the computer it runs on. No host allows that.',
    instead: 'Remove the line if the app works without. Apps that manage containers have to run on your own computer.',
  },
  'bind.system': {
    path: bind, values: 'the system (`/proc`, `/sys`, `/dev`, `/`)', verdict: 'refused',
    reason: 'The app asks to look into the computer it runs on ({source}). No host allows that.',
    instead: 'Remove the line if the app works without. Apps that watch or steer a computer have to run on it.',
  },
  'bind.clock': {
    path: bind, values: '`/etc/localtime`, `/etc/timezone`', verdict: 'ignored',
    reason: 'The host does not share its settings ({source}).',
    instead: 'Set the variable TZ, for example TZ=Africa/Dodoma, if the time zone matters.',
  },
  'bind.own': {
    path: bind, values: '`/tmp`, `/dev/shm`, `/dev/urandom`, `/etc/hosts`, `/etc/resolv.conf`', verdict: 'ignored',
    reason: 'The app has its own {source}.',
  },
  'bind.project': {
    path: bind, values: 'the project folder itself (`.:/app`)', verdict: 'refused',
    reason: 'The whole project folder cannot be sent to a host.',
    instead: 'Put what the app needs into its image, or name single files and folders.',
  },
} as const satisfies Record<string, Finding>

export type FindingName = keyof typeof findings
