import { expect, it } from "vitest";
import { type Port, Ports, project, readPorts, unproject } from "./ports";

const port = (id: string, latitude: number, longitude: number): Port => ({
  id,
  name: id,
  town: "",
  latitude,
  longitude,
});
const LYON = port("lyon", 45.76, 4.84);
const VILLEURBANNE = port("villeurbanne", 45.77, 4.88);
const BREST = port("brest", 48.39, -4.49);

it("projects as the node does", () => {
  const [x, y] = project(LYON.longitude, LYON.latitude);
  expect([Math.round(x), Math.round(y)]).toEqual([8412, 3527]);
  const [longitude, latitude] = unproject(x, y);
  expect(longitude).toBeCloseTo(4.84);
  expect(latitude).toBeCloseTo(45.76);
});

it("makes a number of what would lie on one another, and parts it closer by", () => {
  const ports = new Ports([LYON, VILLEURBANNE, BREST]);
  const marks = ports.at(0.3);
  const number = marks.find((mark) => "count" in mark);
  expect(marks.length).toBe(2);
  expect(number).toMatchObject({ count: 2 });
  const cluster = number && "cluster" in number ? number.cluster : -1;
  expect(ports.at(ports.scaleThatParts(cluster)).length).toBe(3);
});

it("shows everybody by itself at the closest look, even in one place", () => {
  const twice = new Ports([LYON, { ...LYON, id: "other" }]);
  expect(twice.at((640 / 16_384) * 2 ** 8).length).toBe(2);
});

it("reads from the rows of the list whoever has a place", () => {
  document.body.innerHTML = `
    <li id="h-infini" data-lat="48.390" data-lon="-4.486"><h2 class="port-name"><a>Infini</a></h2><p class="result-by"><span class="port-town">Brest</span>, <b>à 2 km</b></p></li>
    <li id="h-unsaid" data-lat="47.218" data-lon="-1.554"><h2 class="port-name"><a>Unsaid</a></h2><p class="result-by"><b>à 9 km</b></p></li>
    <li id="h-nowhere"><h2 class="port-name"><a>Nowhere</a></h2></li>`;
  expect(readPorts(document)).toEqual([
    { id: "infini", name: "Infini", town: "Brest", latitude: 48.39, longitude: -4.486 },
    { id: "unsaid", name: "Unsaid", town: "", latitude: 47.218, longitude: -1.554 },
  ]);
});
