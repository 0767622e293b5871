module klamm.example/load

go 1.22
