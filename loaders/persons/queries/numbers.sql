-- Who held which number, as files of numbers say.
SELECT number, customer, epoch_us(time), epoch_us(to_at) FROM events.numbers ORDER BY ALL
