import { randomUUID } from "node:crypto";
import { configFromEnv, openDataLayer } from "./data/index.ts";

/** A walk over the data layer: `npm start`. It is yours: change it, or delete it. */
const data = openDataLayer(configFromEnv(process.env));
try {
  const tenant = data.forTenant(randomUUID());

  const device = await tenant.devices.add({
    name: "Example name",
  });
  console.log("stored", device);
  console.log("tenant.devices.get", await tenant.devices.get(device.id));

  const [reading] = await tenant.readings.take([
    {
      takenAt: new Date(),
      deviceId: device.id,
      celsius: "1",
    },
  ]);
  if (reading === undefined) throw new Error("nothing was stored");
  console.log("stored", reading);
  console.log(
    "tenant.readings.ofDevice",
    await tenant.readings.ofDevice({ deviceId: reading.deviceId }, { limit: 10 }),
  );

  console.log("health", await data.health.ready());
} finally {
  await data.close();
}
