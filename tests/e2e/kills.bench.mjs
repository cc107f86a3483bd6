// `npm run bench -- kills [COUNT [SEED]]`: kills the program at random moments while boxes are drawn and labelled, a
// hundred times unless told otherwise, and says how many boxes the window had called saved: all of them were there.

import { killWhileDrawing } from "./killing.mjs";

const [kills, seed] = [Number(process.argv[2] ?? 100), Number(process.argv[3] ?? Math.floor(Math.random() * 2 ** 32))];
const boxes = await killWhileDrawing(kills, seed);
console.log(`${kills} kills, ${boxes} boxes that the window had called saved, none lost (seed ${seed})`);
