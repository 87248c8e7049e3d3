// A utility process: says how it is, and does what it is told.
const { parentPort } = process

let port
function listen(given) {
  port = given
  port.on('message', ({ data, ports }) => {
    if (ports.length > 0) listen(ports[0])
    port.postMessage({ echo: data })
  })
  port.on('close', () => parentPort.postMessage('port closed'))
  port.start()
}

parentPort.on('message', ({ data, ports }) => {
  if (ports.length > 0) listen(ports[0])
  if (data.do === 'exit') process.exit(data.code)
  else if (data.do === 'say') console.log(data.text)
  else if (data.do === 'close') port.close()
  else if (data.do === 'tell') parentPort.postMessage({ type: process.type, argv: process.argv.slice(2), folder: process.cwd(), flag: process.env.CONTRACT_FLAG, electron: process.versions.electron, node: process.versions.node })
  else parentPort.postMessage({ echo: data })
})
