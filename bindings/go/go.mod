module penstock.dev/penstock-go

go 1.24
