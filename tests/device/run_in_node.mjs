// Runs tests/device/run_on_micropython.py on MicroPython's WebAssembly build, which has a file
// system in memory and no sockets.  node run_in_node.mjs REPOSITORY MODULE...
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { loadMicroPython } from "@micropython/micropython-webassembly-pyscript";

const HEAP_BYTES = 128 * 1024;
const MARKS = /^@micropython\.viper$/gm; // this port has no native emitter: see device/emitter.py
const [root, ...modules] = process.argv.slice(2);
const interpreter = await loadMicroPython({ heapsize: HEAP_BYTES });
const folders = ["device", "device/drivers", "tests/device"];
for (const folder of ["tests", ...folders]) interpreter.FS.mkdir(`/${folder}`);
interpreter.FS.writeFile("/tests/__init__.py", "");
for (const folder of folders) {
  for (const name of readdirSync(join(root, folder))) {
    if (name.endsWith(".py")) {
      const text = readFileSync(join(root, folder, name), "utf8");
      interpreter.FS.writeFile(`/${folder}/${name}`, text.replaceAll(MARKS, ""));
    }
  }
}
interpreter.runPython(`
import sys
sys.path.insert(0, "/")
from tests.device.run_on_micropython import run
run(${JSON.stringify(modules)})
`);
