/** A start without a window: only the tray. */
export const hiddenFlag = '--hidden'

/** What starts this copy of the app again. An AppImage runs from a mount that is gone after a restart: its own file is started. */
export function ownCommand({ exe, appPath, isPackaged, env }: { exe: string, appPath: string, isPackaged: boolean, env: Readonly<Record<string, string | undefined>> }): string[] {
  const image = env['APPIMAGE']
  if (isPackaged) return [image !== undefined && image !== '' ? image : exe]
  return [exe, appPath]
}
