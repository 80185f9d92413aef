package sandbox

import "strings"

// Invented people: common names in any order, companies that do not exist, and
// mail domains that are reserved for examples.
var (
	firstNames = strings.Fields(`Ada Alice Amir Ana Andre Anita Anna Anton Aria Arthur Ben Bianca Boris Carla Carlos
		Cecilia Chloe Clara Daniel Daria David Diana Diego Elena Elias Ella Emil Emma Erik Esther Eva Fatima Felix
		Fiona Frank Gabriel Gina Greta Hanna Hassan Hector Helen Henry Hugo Ida Igor Ines Irene Isaac Ivan Jack
		Jana Jasmin Jonas Jorge Josef Julia Karim Kate Kira Lara Lars Laura Lea Leo Lina Liam Lola Lucas Maja
		Marco Maria Marta Mateo Maya Mila Mina Nadia Nina Noah Nora Olga Oliver Omar Oscar Paula Pedro Petra
		Philip Rafael Rania Rita Robin Rosa Ruth Samir Sara Sofia Stefan Tania Tara Theo Tina Tomas Vera Victor
		Viola Walter Yara Yusuf Zoe`)
	lastNames = strings.Fields(`Abbott Adler Alvarez Arnold Baker Barros Bauer Becker Bell Berger Blake Bond Brandt
		Brooks Bruno Burke Carter Castro Chavez Cole Conti Costa Cruz Dahl Davis Delgado Diaz Doyle Duarte Dunn
		Ekholm Ellis Engel Farah Ferrari Fischer Flores Foster Fuchs Garcia Gomez Grant Gray Greene Haas Hansen
		Hart Hayes Herrera Hoffman Holm Hughes Ibrahim Jansen Jensen Kaplan Keller Kelly Khan Klein Koch Kowalski
		Kramer Larsen Lehmann Lima Lopez Lorenz Lund Malik Marsh Martins Mendes Meyer Moreno Moss Moreau Nagy
		Nash Neves Nilsson Novak Nowak Olsen Ortega Owens Park Peralta Perez Petrov Pinto Pohl Quinn Ramos Reed
		Reyes Ricci Rivera Rossi Ruiz Santos Sauer Schmidt Silva Simon Soto Stein Stone Suarez Tanaka Torres Urban
		Vargas Vega Vogel Wagner Walsh Weber Wells Winter Wolf Young Zeller Ziegler`)
	companyHeads = strings.Fields(`Aster Bluefern Cedarline Driftwood Emberly Foxglove Granite Harborlight Ironbark
		Juniper Kestrel Lanternhill Meadow Northgate Oakridge Pinecrest Quillon Riverbend Silverleaf Tidewater
		Umbrella Vantage Willow Yellowstone Zephyr`)
	companyTails = strings.Fields(`Bakery Builders Clinic Coffee Consulting Dental Design Fitness Foods Garage
		Gardens Interiors Legal Logistics Marine Media Optics Outfitters Plumbing Realty Roofing Studio Textiles
		Travel Vets`)
	mailDomains = strings.Fields(`example.com example.org example.net`)
	cities      = []string{"Albany", "Austin", "Boise", "Boston", "Buffalo", "Chicago", "Dallas", "Denver", "Fresno",
		"Houston", "Memphis", "Miami", "New York", "Omaha", "Phoenix", "Portland", "Seattle", "Tampa", "Tucson"}
	tagNames = strings.Fields(`lead customer vip newsletter webinar trial partner referral renewal event churned press`)

	// areaCodes are in use in the United States.
	areaCodes = strings.Fields(`201 202 203 205 206 207 208 209 210 212 213 214 215 216 217 218 219 224 225 228 229 231
		234 239 240 248 251 252 253 254 256 260 262 267 269 270 276 281 301 302 303 304 305 307 308 309 310 312 313
		314 315 316 317 318 319 320 321 323 325 330 331 334 336 337 339 347 351 352 360 361 386 401 402 404 405 406
		407 408 409 410 412 413 414 415 417 419 423 424 425 432 434 435 440 443 469 478 479 480 484 501 502 503 504
		505 507 508 509 510 512 513 515 516 517 518 520 530 540 541 551 559 561 562 563 567 570 571 573 574 580 585
		586 601 602 603 605 606 607 608 609 610 612 614 615 616 617 618 619 620 623 626 630 631 636 641 646 650 651
		660 661 662 678 682 701 702 703 704 706 707 708 712 713 714 715 716 717 718 719 720 724 727 731 732 734 740
		754 757 760 763 765 770 772 773 774 775 781 785 786 801 802 803 804 805 806 808 810 812 813 814 815 816 817
		818 828 830 831 832 843 845 847 848 850 856 857 858 859 860 862 863 864 865 870 901 903 904 906 907 908 909
		910 912 913 914 915 916 917 918 919 920 925 928 931 936 937 940 941 947 949 951 952 954 956 970 971 972 973
		978 979 980 985 989`)

	// shortNames are two spellings of one first name.
	shortNames = [][2]string{
		{"Jonathan", "Jon"}, {"Elizabeth", "Liz"}, {"Robert", "Bob"}, {"Katherine", "Kate"}, {"Michael", "Mike"},
		{"Alexandra", "Alex"}, {"William", "Bill"}, {"Margaret", "Meg"},
	}

	// longName is longer than the 40 characters that User.com keeps (usercom.md section 3).
	longName = [2]string{"Maximiliana Alexandrina Wilhelmine Theodora", "von und zu Hohenfels-Lichtenberg-Sonnenthal"}
)
