// Required into main before the app, on the stand-in and on real Electron alike: records what has no page to look at, and answers what
// would wait for a person. `globalThis.probe` in main; its type is in electron.ts.
const { dialog, Notification, shell, Tray } = require('electron')

const probe = { trays: [], notifications: [], opened: [], asked: [], answer: 0 }
globalThis.probe = probe

/** Calls `run` with what a method is called with, then the method. */
function record(target, name, run) {
  const original = target[name]
  target[name] = function (...args) {
    run.apply(this, args)
    return original.apply(this, args)
  }
}

function trayOf(tray) {
  let known = probe.trays.find((each) => each.tray === tray)
  if (known === undefined) probe.trays.push(known = { tray, menu: null, menus: 0, image: undefined, images: 0, tooltip: '', title: '' })
  return known
}

record(Tray.prototype, 'setContextMenu', function (menu) { Object.assign(trayOf(this), { menu, menus: trayOf(this).menus + 1 }) })
record(Tray.prototype, 'setToolTip', function (tooltip) { Object.assign(trayOf(this), { tooltip }) })
record(Tray.prototype, 'setTitle', function (title) { Object.assign(trayOf(this), { title }) })
record(Tray.prototype, 'setImage', function (image) { Object.assign(trayOf(this), { image, images: trayOf(this).images + 1 }) })
record(Notification.prototype, 'show', function () { probe.notifications.push(this) })

shell.openExternal = async (url) => void probe.opened.push(url)
shell.openPath = async (path) => {
  probe.opened.push(path)
  return ''
}
shell.showItemInFolder = (path) => void probe.opened.push(path)

// The window, where there is one, comes first.
dialog.showMessageBox = async (...args) => {
  probe.asked.push(args.at(-1))
  return { response: probe.answer, checkboxChecked: false }
}
dialog.showMessageBoxSync = (...args) => {
  probe.asked.push(args.at(-1))
  return probe.answer
}
dialog.showOpenDialog = async (...args) => {
  probe.asked.push(args.at(-1))
  return { canceled: probe.files === undefined, filePaths: probe.files ?? [] }
}
dialog.showSaveDialog = async (...args) => {
  probe.asked.push(args.at(-1))
  return { canceled: probe.files === undefined, filePath: probe.files?.[0] ?? '' }
}
dialog.showErrorBox = (title, content) => void probe.asked.push({ title, content })
